/** Every word that names a command, whether its command is there yet or not: the words of the contract. */
export const commandNames = [
  'undo',
  'explain',
  'doctor',
  'demo',
  'serve',
  'parity',
  'replay',
  'try',
  'verify',
  'record',
  'baseline',
] as const;

/** A word that names a command. */
export type CommandName = (typeof commandNames)[number];
