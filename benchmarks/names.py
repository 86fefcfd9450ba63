# ruff: noqa: RUF001, E501 - several scripts; a row is read as one line
"""Names of several cultures, organisations, and sentences with and without them, in six languages: all invented."""

PEOPLE = {
    "en": ("Aroha Ngata", "Oluwaseun Adeyemi", "Priya Raghunathan", "Siobhan Gallagher", "Nguyen Thi Lan", "Tendai Moyo", "Hiroshi Watanabe", "Kwame Asante", "Ingrid Halvorsen", "Farah Siddiqui", "Mateus Oliveira", "Grace Wanjiku", "Thomas Whitfield", "Chidinma Okafor"),
    "fr": ("Amélie Rousseau", "Mamadou Diallo", "Jean-Baptiste Lefèvre", "Fatoumata Traoré", "Thuy Pham", "Karim Benali", "Geneviève Tremblay", "Aïssatou Ndiaye", "Laurent Desjardins", "Noémie Charpentier"),
    "es": ("María Fernanda Quispe", "Joaquín Echeverría", "Ximena Valdés", "Rodrigo Huamán", "Lucía Etxeberria", "Alejandro Céspedes", "Guadalupe Contreras", "Ernesto Villanueva", "Itzel Montoya", "Beatriz Zamorano"),
    "ru": ("Светлана Кузнецова", "Рустам Галиев", "Анастасия Воробьёва", "Тимур Абдрахманов", "Йонас Миллер", "Оксана Шевченко", "Дмитрий Лебедев", "Айгуль Сатпаева", "Николай Черных", "Марина Бондаренко"),
    "ar": ("محمد الأنصاري", "ليلى حداد", "يوسف بن سليمان", "فاطمة الزهراني", "خالد المنصوري", "نور الهاشمي", "سلمى بوزيد", "طارق العبيدي", "هدى القحطاني", "إبراهيم شاهين"),
    "zh": ("王小明", "李淑芳", "张伟民", "陈美玲", "欧阳志远", "刘建国", "赵雅文", "黄俊杰", "周慧敏", "吴国栋"),
}  # fmt: skip
BODIES = {
    "en": (
        "Pacific Digital Rights Coalition",
        "Ministry of Digital Affairs",
        "Harbour University",
        "Open Spectrum Alliance",
    ),
    "fr": ("Agence du Numérique Inclusif", "Université de la Lagune", "Coalition Accès Ouvert"),
    "es": ("Fundación Red Abierta", "Ministerio de Conectividad", "Universidad del Altiplano"),
    "ru": ("Институт Открытых Сетей", "Министерство Цифрового Развития", "Фонд Доступной Связи"),
    "ar": ("وزارة الاتصالات", "مؤسسة الحقوق الرقمية", "جامعة الخليج"),
    "zh": ("开放网络研究院", "数字包容基金会", "信息通信协会"),
}
MENTION = {
    "en": ("I agree with {} on this point.", "As {} said before, the network must stay open.", "The proposal by {} goes too far.", "We heard {} and we heard others.", "{} asked for the floor.", "I would like to answer {} directly."),
    "fr": ("Je suis d'accord avec {} sur ce point.", "Comme {} l'a dit, le réseau doit rester ouvert.", "La proposition de {} va trop loin.", "{} a demandé la parole."),
    "es": ("Estoy de acuerdo con {} en este punto.", "Como dijo {}, la red debe seguir abierta.", "La propuesta de {} va demasiado lejos.", "{} pidió la palabra."),
    "ru": ("Я согласен, и {} тоже так считает.", "Как говорит {}, сеть должна быть открытой.", "Потом выступает {} с предложением.", "{} просит слова."),
    "ar": ("أتفق مع {} في هذه النقطة.", "كما قال {} يجب أن تبقى الشبكة مفتوحة.", "اقتراح {} مهم جدا.", "طلب {} الكلمة."),
    "zh": ("我同意{}的意见。", "{}刚才说网络应该开放。", "我想回答{}的问题。", "{}要求发言。"),
}  # fmt: skip
INTRODUCE = {
    "en": ("Good morning, my name is {} and I am glad to speak.", "I am {}, good to see you all.", "Thank you, {}, for this.", "Next is Dr {} with a question."),
    "fr": ("Bonjour, je m'appelle {} et je suis heureux de parler.", "Je suis {}, bonjour à tous.", "Merci, {}, pour cela.", "Madame {} a une question."),
    "es": ("Buenos días, me llamo {} y quiero hablar.", "Soy {}, buenos días a todos.", "Gracias, {}, por esto.", "La Señora {} tiene una pregunta."),
    "ru": ("Доброе утро, меня зовут {}, я хочу выступить.", "Это {}, здравствуйте.", "Спасибо, {}, за это.", "Профессор {} хочет спросить."),
    "ar": ("صباح الخير، اسمي {}، ويسعدني أن أتكلم.", "أنا {}، أهلا بكم.", "شكرا {}، على هذا.", "السيدة {}، لديها سؤال."),
    "zh": ("大家早上好，我叫{}，很高兴发言。", "我是{}，大家好。", "谢谢{}先生。", "请{}女士发言。"),
}  # fmt: skip
AFFILIATE = {
    "en": ("I speak on behalf of the {}.", "I come from the {} and we disagree.", "I represent the {} here."),
    "fr": ("Je parle au nom de l'{}.", "Je représente la {} ici."),
    "es": ("Hablo en nombre de la {}.", "Represento a la {} aquí."),
    "ru": ("Я выступаю от имени {}.", "Я представляю {}."),
    "ar": ("أتحدث باسم {}.", "أمثل {}، هنا."),
    "zh": ("我代表{}发言。", "我来自{}。"),
}
PLAIN = {
    "en": ("The network must be open to everybody.", "I think that we should look at the text again.", "This is important for the people who depend on captions.", "We have twenty minutes left for questions.", "I am happy that the report was adopted.", "Thank you, Chair, for giving me the floor.", "Access to the Internet is a right, and the cost matters.", "In Geneva the forum decided on a grand plan.", "From the beginning we said that standards matter.", "There will be a session on Monday about artificial intelligence.", "The United Nations has six official languages.", "My time is over, and so I stop here."),
    "fr": ("Le réseau doit être ouvert à tous.", "Je pense que nous devons relire le texte.", "C'est important pour les personnes qui lisent les sous-titres.", "Il nous reste vingt minutes.", "Je suis heureuse que le rapport soit adopté.", "Merci, Monsieur le Président, de me donner la parole.", "À Genève, le forum a pris une décision.", "Nous voulons des normes ouvertes."),
    "es": ("La red debe estar abierta a todos.", "Creo que debemos leer el texto otra vez.", "Es importante para las personas que leen subtítulos.", "Nos quedan veinte minutos.", "Soy feliz de que el informe fue aprobado.", "Gracias, Señora Presidenta, por la palabra.", "En Ginebra el foro tomó una decisión.", "Queremos normas abiertas."),
    "ru": ("Сеть должна быть открыта для всех.", "Я думаю, что нам нужно ещё раз прочитать текст.", "Это важно для людей, которые читают субтитры.", "У нас осталось двадцать минут.", "Я рада, что доклад принят.", "Спасибо, председатель, за слово.", "В Женеве форум принял решение.", "Мы хотим открытых стандартов."),
    "ar": ("يجب أن تكون الشبكة مفتوحة للجميع.", "أعتقد أن علينا قراءة النص مرة أخرى.", "هذا مهم لمن يعتمدون على الترجمة النصية.", "بقي لدينا عشرون دقيقة.", "أنا سعيدة لأن التقرير اعتمد.", "شكرا جزيلا على الكلمة.", "في جنيف اتخذ المنتدى قرارا.", "نريد معايير مفتوحة."),
    "zh": ("网络应该对所有人开放。", "我认为我们应该再看一遍文本。", "这对依靠字幕的人很重要。", "我们还有二十分钟。", "我很高兴报告获得通过。", "谢谢主席给我发言的机会。", "论坛在日内瓦作出了决定。", "我们需要开放的标准。"),
}  # fmt: skip
CONFUSED = {
    "latin": (("sh", "s"), ("ph", "f"), ("th", "t"), ("kh", "k"), ("w", "v"), ("v", "f"), ("c", "k"), ("z", "s"), ("i", "e"), ("o", "u"), ("a", "e"), ("y", "i"), ("d", "t"), ("b", "p"), ("ou", "u"), ("é", "e"), ("í", "i"), ("rr", "r"), ("ll", "l"), ("ss", "s"), ("h", ""), ("n", "m"), ("ng", "n"), ("j", "y"), ("gu", "g"), ("qu", "k")),
    "cyrillic": (("о", "а"), ("е", "и"), ("в", "ф"), ("д", "т"), ("г", "к"), ("ш", "щ"), ("б", "п"), ("ё", "е"), ("ь", ""), ("й", "и"), ("з", "с")),
    "arabic": (("ص", "س"), ("ط", "ت"), ("ض", "د"), ("ح", "ه"), ("ق", "ك"), ("ظ", "ز"), ("أ", "ا"), ("إ", "ا"), ("ة", "ه"), ("ى", "ي"), ("ذ", "ز"), ("ي", ""), ("ا", "")),
    "han": (("明", "鸣"), ("王", "汪"), ("淑", "书"), ("芳", "方"), ("伟", "维"), ("民", "敏"), ("陈", "程"), ("玲", "灵"), ("志", "致"), ("远", "元"), ("建", "剑"), ("国", "果"), ("雅", "亚"), ("文", "闻"), ("俊", "军"), ("杰", "洁"), ("慧", "惠"), ("敏", "民"), ("栋", "东"), ("刘", "留")),
}  # fmt: skip
"""What recognisers write instead: (the name's letters, what is heard)."""
