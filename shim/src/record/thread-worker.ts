import { parentPort, workerData } from 'node:worker_threads';
import { createScribe } from './scribe.ts';
import { openSink } from './sink.ts';
import { type FromThread, type ThreadData, type ToThread, unpackWaiting } from './thread.ts';

// The thread that redacts and writes. What it has done stands in shared memory, which a process that ends can still read.

const { config, secrets, progress } = workerData as ThreadData;
const [done, counted] = [0, 1];
const say = (message: FromThread): void => parentPort?.postMessage(message, []);
const finishOne = (): void => void Atomics.add(progress, done, 1);
const scribe = createScribe({
  thread: 'own',
  load: () => openSink(config, secrets),
  warn: (text) => say({ warn: text }),
  defer: (run) => run(),
  onDone: finishOne,
});

parentPort?.on('message', (message: ToThread) => {
  if ('take' in message) return scribe.take(unpackWaiting(message.take));
  if ('lose' in message) {
    scribe.lose(message.lose);
    return finishOne();
  }
  void answer(message.ask, message.id);
});

async function answer(ask: 'settle' | 'totals', id: number): Promise<void> {
  if (ask === 'settle') {
    await scribe.settle();
    Atomics.store(progress, counted, Atomics.load(progress, done));
    Atomics.notify(progress, counted);
  }
  say({ answer: id, totals: await scribe.totals() });
}

say({ ready: true });
