// @ts-check
/** Links and QR codes for each role. The token stands in the link's fragment, which no server and no log sees. */
import { path, qr } from "../qr.js";
import { byId, field, make, tell } from "./dom.js";
import { failure } from "./why.js";

/** @typedef {{id: string, role: string, expires: number, label?: string, revoked?: boolean, in_room?: boolean}} Invitation */

/**
 * Addresses that CART software takes: it knows only a URL, so that the secret must stand in it. Pure.
 * @param {string} origin @param {string} meeting @param {string} token
 */
export function ingestLinks(origin, meeting, token) {
  const id = encodeURIComponent(meeting);
  const secret = encodeURIComponent(token);
  return {
    zoom: `${origin}/ingest/zoom/${id}/closedcaption?id=${id}&ns=captioner&signature=${secret}`,
    streamtext: `${origin}/ingest/streamtext/${id}?signature=${secret}`,
  };
}

/** Draw a text as a QR code; nothing where it is too long for one. @param {SVGSVGElement} code @param {string} text */
export function draw(code, text) {
  code.toggleAttribute("hidden", false);
  try {
    const grid = qr(text);
    code.setAttribute("viewBox", `0 0 ${grid.length + 8} ${grid.length + 8}`);
    code.querySelector("path")?.setAttribute("d", path(grid));
  } catch {
    code.toggleAttribute("hidden", true);
  }
}

/** @param {string} meeting @param {import("./access.js").Api} api @param {import("../status.js").Say} say */
export function invitations(meeting, api, say) {
  const status = byId("invite-status");
  const link = field("link");
  const code = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (byId("qr")));

  const show = (/** @type {string} */ text) => {
    link.value = text;
    draw(code, text);
    byId("invitation").hidden = false;
  };
  const list = async () => {
    /** @type {Invitation[]} */
    let known = [];
    try {
      known = await api.ask("/invitations");
    } catch {
      return; // the state of the connection stands above
    }
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    const items = known.map((each) => {
      const words = [say(`role.${each.role}`), each.in_room ? say("invite.in_room") : "", each.label ?? "", say("invite.until", { when: when.format(each.expires) })].filter(Boolean).join(say("comma"));
      const item = make("li", {}, words, " ");
      if (each.revoked) item.append(say("invite.revoked"));
      else
        item.append(make("button", { type: "button", "aria-label": [say("invite.revoke"), words].join(say("colon")), click: async () => {
          try {
            await api.ask(`/invitations/${encodeURIComponent(each.id)}`, "DELETE");
            tell(status, say("invite.is_revoked"));
            await list();
            byId("invite-role").focus();
          } catch (problem) {
            tell(status, failure(problem, say));
          }
        } }, say("invite.revoke")));
      return item;
    });
    byId("invitations").replaceChildren(...(items.length ? items : [make("li", { class: "meta" }, say("invite.none"))]));
  };
  const ask = async (/** @type {string} */ role, /** @type {string} */ label) => {
    const hours = Number(field("invite-hours").value);
    const in_room = role === "viewer" && field("invite-room").checked;
    const made = await api.ask("/invitations", "POST", { role, hours, label, in_room });
    return /** @type {{token: string, path: string}} */ (made);
  };

  const role = field("invite-role");
  const drawRoom = () => { byId("in-room-label").hidden = role.value !== "viewer"; };
  role.addEventListener("change", drawRoom);
  drawRoom();
  byId("invite").addEventListener("submit", async (event) => {
    event.preventDefault();
    const role = field("invite-role").value;
    try {
      const open = role === "open";
      const path = open ? `/live/${encodeURIComponent(meeting)}` : (await ask(role, field("invite-label").value)).path;
      show(location.origin + path);
      tell(status, say("invite.ready"));
      link.focus();
      link.select();
      if (!open) await list();
    } catch (problem) {
      tell(status, failure(problem, say));
    }
  });
  byId("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      tell(status, say("copied"));
    } catch {
      link.select();
      tell(status, say("copy_failed"));
    }
  });
  byId("ingest").addEventListener("toggle", async () => {
    const place = byId("ingest-links");
    if (!(/** @type {HTMLDetailsElement} */ (byId("ingest")).open) || place.childElementCount) return;
    try {
      const links = ingestLinks(location.origin, meeting, (await ask("captioner", "CART")).token);
      const line = (/** @type {string} */ key, /** @type {string} */ value) => {
        const input = make("input", { readonly: true, value, dir: "ltr" });
        input.addEventListener("focus", () => input.select());
        return make("label", {}, `${say(key)} `, input);
      };
      place.append(line("ingest.zoom", links.zoom), line("ingest.streamtext", links.streamtext),
        make("p", { class: "meta" }, say("ingest.secret", { n: field("invite-hours").value })));
      await list();
    } catch (problem) {
      tell(place, failure(problem, say));
    }
  });
  list();
}
