// Real producers and workers of one major of BullMQ, told what to do by JSON lines on standard input.
// node bull.cjs FOLDER: FOLDER has the node_modules to take bullmq from. REDIS_URL names the Redis.
"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");

const from = createRequire(path.join(path.resolve(process.argv[2]), "package.json"));
const { FlowProducer, Queue, QueueEvents, Worker } = from("bullmq");
const Redis = createRequire(from.resolve("bullmq"))("ioredis");

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const connect = () => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const shared = connect();
const queues = new Map();
const held = new Map(); // workers and listeners, by queue

function queue(name) {
  if (!queues.has(name)) queues.set(name, new Queue(name, { connection: shared }));
  return queues.get(name);
}

const PROCESSORS = {
  completes: async () => "done",
  fails: async () => {
    throw new Error("meant to fail");
  },
  hangs: () => new Promise(() => {}),
};

const DO = {
  add: async ({ queue: name, jobs }) => (await queue(name).addBulk(jobs)).map((job) => job.id),
  many: async ({ queue: name, count }) => {
    await queue(name).addBulk(Array.from({ length: count }, (_, number) => ({ name: "one", data: { number } })));
  },
  pause: ({ queue: name }) => queue(name).pause(),
  open: async ({ queue: name }) => {
    await queue(name).waitUntilReady();
    await shared.ping(); // what the queue wrote of itself before has arrived
  },
  promote: async ({ queue: name, id }) => (await queue(name).getJob(id)).promote(),
  schedule: async ({ queue: name, every }) => void (await queue(name).upsertJobScheduler("each", { every })),
  limit: ({ queue: name, ms }) => queue(name).rateLimit(ms),
  family: async ({ queue: name, child }) => {
    const flow = new FlowProducer({ connection: shared });
    const made = await flow.add({
      name: "parent",
      queueName: name,
      opts: { timestamp: Date.now() - 3_600_000 },
      children: [{ name: "child", queueName: child }],
    });
    return made.job.id;
  },
  work: async ({ queue: name, how, options }) => {
    const worker = new Worker(name, PROCESSORS[how], { connection: connect(), ...options });
    worker.on("error", () => {});
    held.set(name, worker);
    await worker.waitUntilReady();
  },
  listen: async ({ queue: name }) => void (await new QueueEvents(name, { connection: connect() }).waitUntilReady()),
  leave: ({ queue: name }) => held.get(name).close(true),
  until: async ({ queue: name, state, count }) => {
    while ((await queue(name).getJobCounts(state))[state] !== count) await sleep(10);
  },
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const told = JSON.parse(line);
  const answer = await DO[told.do](told).then(
    (result) => ({ result }),
    (error) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
