// Threads read TypeScript too: `tsx` as a command does so in the first one only.
import { register } from 'tsx/esm/api';

register();
