import { readFileSync } from "node:fs";
import { draftAnswer } from "./answer";
import { explainFailure } from "./errors";
import { findHelp } from "./knowledge";
import { workOnOrder } from "./order-tools";
import { triage } from "./triage";

async function main(file: string): Promise<void> {
  const ticket = readFileSync(file, "utf8").trim();
  console.log(`Ticket    ${file}`);

  const sorted = await triage(ticket);
  console.log(`Triage    ${sorted.category}, ${sorted.urgency} urgency, order ${sorted.order_id ?? "none"}`);

  const order = await workOnOrder(ticket);
  for (const call of order.calls) console.log(`Tool      ${call.name} -> ${call.result}`);
  console.log(`Note      ${order.text}`);

  const help = await findHelp(ticket);
  for (const page of help) console.log(`Help      ${page.name} (${page.score.toFixed(2)})`);

  process.stdout.write("Draft     ");
  const draft = await draftAnswer(ticket, { orderNote: order.text, helpPages: help }, (piece) => {
    process.stdout.write(piece);
  });
  console.log(`\nTokens    ${draft.totalTokens} (${draft.finishReason})`);
}

main(process.argv[2] ?? "data/tickets/lost-parcel.txt").catch((error) => {
  console.error(explainFailure(error));
  process.exitCode = 1;
});
