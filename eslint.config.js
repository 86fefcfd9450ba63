import globals from "globals";

const unsafe = ["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc"].map((property) => ({
  property, message: "Caption text goes through textContent.",
}));

export default [
  {
    files: ["**/*.js"],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "no-restricted-properties": ["error", ...unsafe], "no-undef": "error", "no-unused-vars": "error", "no-eval": "error",
      "prefer-const": "error", eqeqeq: "error", "no-console": "error",
    },
  },
];
