// @ts-check
/** The door of a meeting that wants a passcode: a form that stands there only while the server asks for it. */
import { claimFor, headersFor } from "./claim.js";

/**
 * Make it before the page takes the fragment away: a link may carry the claim.
 * @param {string} meeting @param {import("./settings.js").Settings | {data: string}} settings
 */
export function door(meeting, settings) {
  const { claim, answer } = claimFor(meeting);
  const form = document.createElement("form");
  form.id = "door";
  form.hidden = true;
  return {
    headers: () => headersFor(claim),
    claim: () => (settings.data === "low" ? { ...claim, partials: false } : claim),

    /** Put the form behind a node. @param {HTMLElement} node @param {import("./status.js").Say} say @param {() => void} knock come again */
    stand(node, say, knock) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const send = document.createElement("button");
      Object.assign(input, { type: "password", autocomplete: "off", required: true, id: "passcode" });
      send.textContent = say("passcode.send");
      label.append(`${say("passcode")} `, input);
      form.append(label, " ", send);
      form.addEventListener("submit", (happened) => {
        happened.preventDefault();
        answer(input.value);
        knock();
      });
      node.after(form);
    },

    /** @param {import("./status.js").Facts} facts */
    tell(facts) {
      form.hidden = !(facts.connection === "refused" && facts.door);
    },
  };
}
