// How long what has ended goes on, as one line of JSON, in milliseconds: for calls under way from revoke(), or the end of
// the time of until(), to their answer, and to when the job's lane is free of them; and the revocation of `crowd` objects.
//   revocation.mjs FOLDER ROUNDS      FOLDER has large (a file) and many (a folder)
import fs from "runtime:fs";

const [folder, rounds] = [process.argv.at(-2), Number(process.argv.at(-1))];
const bytes = new Uint8Array(32 * 1024 * 1024);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Long calls, and what brings back what one of them has done. Of reads, pieces: for the whole of a long file it is the
// worker that takes tens of milliseconds, for the memory.
const works = {
  async read(dir) {
    const handle = await dir.open("large");
    for (;;) await Promise.all([0, 1, 2, 3].map((i) => handle.read(bytes, i << 20, 1 << 20, i << 20)));
  },
  write: (dir) => dir.promises.writeFile("new", bytes),
  copy: (dir) => dir.promises.copyFile("large", "copy"),
  list: (dir) => dir.promises.readdir("/", { recursive: true }),
  remove: (dir) => dir.promises.rm("gone", { recursive: true }),
};
function restore() {
  for (const name of ["new", "copy"]) fs.rmSync(`${folder}/${name}`, { force: true });
  fs.mkdirSync(`${folder}/gone`, { recursive: true });
  for (let i = 0; i < 200; i++) fs.writeFileSync(`${folder}/gone/${i}`, "");
}

const figures = { revoke: { answer: [], lane: [] }, until: { answer: [], lane: [] }, finished: 0 };
for (let round = 0; round < rounds; round++) {
  for (const [name, work] of Object.entries(works)) {
    for (const kind of ["revoke", "until"]) {
      if (name === "remove") restore();
      // At any moment of what takes a few milliseconds or more.
      const after = Math.floor(Math.random() * (name === "remove" ? 3 : 8));
      const dir = fs.dir(folder);
      const asked = performance.now();
      const lent = kind === "until" ? dir.until(after) : dir;
      const promise = work(lent);
      let began = asked + after;
      if (kind === "revoke") {
        if (after > 0) await pause(after);
        began = performance.now();
        dir.revoke();
      }
      const answered = await promise.then(() => undefined, () => performance.now() - began);
      await fs.promises.utimes(`${folder}/mark`, 0, 0);  // stands in the lane behind what is still done there
      const free = performance.now() - began;
      if (kind === "until") dir.revoke();  // it is one of the job's handles
      if (answered === undefined) {
        figures.finished++;  // before it could be ended
      } else {
        figures[kind].answer.push(answered);
        figures[kind].lane.push(free);
      }
    }
  }
  for (const name of ["new", "copy"]) fs.rmSync(`${folder}/${name}`, { force: true });
}

const crowd = 50_000;
const root = fs.dir(folder);
for (let i = 0; i < crowd; i++) root.readOnly();
const began = performance.now();
root.revoke();
const revokeAll = performance.now() - began;

function spread(samples) {
  samples.sort((a, b) => a - b);
  const at = (share) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))];
  return { count: samples.length, p50: at(0.5), p99: at(0.99), max: samples.at(-1) };
}
console.log(JSON.stringify({
  revoke: { answer: spread(figures.revoke.answer), lane: spread(figures.revoke.lane) },
  until: { answer: spread(figures.until.answer), lane: spread(figures.until.lane) },
  finished: figures.finished, crowd, revokeAll,
}));
