// Runs the measurements and prints each figure beside its yardstick. Called by scripts/bench:
//   report.mjs BUILD [--long]
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const build = path.resolve(process.argv[2]);
const long = process.argv.includes("--long");
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const binary = path.join(build, "secure-runtime");
const zygote = path.join(build, "secure-runtime-zygote");
const hostTool = path.join(build, "tests/bench/host-bench");
const runtimeTool = path.join(build, "tests/bench/runtime-bench");
const policy = path.join(here, "bench.policy.toml");
const data = path.join(here, "../../build/bench");
const empty = path.join(here, "empty.mjs");

for (const file of [binary, zygote, hostTool, runtimeTool]) {
  if (!fs.existsSync(file)) {
    console.error(`bench: ${file} is missing; scripts/bench builds it`);
    process.exit(2);
  }
}

fs.mkdirSync(data, { recursive: true });
for (let i = 0; i < 64; i++) fs.writeFileSync(path.join(data, `small-${i}`), Buffer.alloc(4096, i + 32));
fs.writeFileSync(path.join(data, "large"), Buffer.alloc(64 * 1024 * 1024, 7));

const rows = [];
let failures = 0;

function output(command, ...args) {
  return execFileSync(command, args.map(String), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
const host = (...args) => JSON.parse(output(hostTool, ...args));
const runtime = (...args) => JSON.parse(output(runtimeTool, ...args));
const ours = (program, rounds) =>
  JSON.parse(output(binary, "run", "--policy", policy, path.join(here, program), "/data", rounds));
const nodes = (program, rounds) => JSON.parse(output(process.execPath, path.join(here, program), data, rounds));

function median(samples) {
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}
// Both in turn, several times: the middle of each figure.
function paired(program, rounds, times) {
  const runs = { ours: [], node: [] };
  for (let i = 0; i < times; i++) {
    runs.ours.push(ours(program, rounds));
    runs.node.push(nodes(program, rounds));
  }
  const middle = (all) => Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((one) => one[key]))]));
  return { ours: middle(runs.ours), node: middle(runs.node) };
}

function time(us) {
  return us < 1000 ? `${us.toFixed(us < 100 ? 1 : 0)} µs` : `${(us / 1000).toFixed(2)} ms`;
}
const verdict = (reached) => (reached ? "reached" : "MISSED");
// A figure that may be at most `factor` times its yardstick.
function atMost(name, us, yardstick, yardstickUs, factor) {
  const ratio = us / yardstickUs;
  rows.push([name, time(us), `${time(yardstickUs)}  ${yardstick}`, ratio.toFixed(2), `≤ ${factor}`, verdict(ratio <= factor)]);
}
function section(title, measure) {
  process.stderr.write(`bench: ${title}\n`);
  try {
    measure();
  } catch (error) {
    failures++;
    const cause = String(error.stderr || error.message || error).trim().split("\n").slice(-3).join("\n       ");
    process.stderr.write(`bench: ${title} could not be measured:\n       ${cause}\n`);
    rows.push([title, "-", "-", "-", "-", "FAILED"]);
  }
}

const scale = long ? 10 : 1;
let figures = {};

section("a worker from request to readiness; 500 at once", () => {
  const yardstick = host("fork", 200 * scale);
  figures = runtime("workers", zygote, 100 * scale, 500);
  atMost("worker confined and ready, from the request", figures.readyUs, "fork + exit + wait, same namespaces",
         yardstick.namespacesUs, 4);
  if ("privateKib" in figures) {
    const mib = figures.privateKib / 1024;
    rows.push(["private memory of an idle worker", `${mib.toFixed(2)} MiB`, "", "", "≤ 2 MiB", verdict(mib <= 2)]);
  } else {
    rows.push(["private memory of an idle worker", "-", "only root may look", "", "≤ 2 MiB", "not measured"]);
  }
  rows.push(["live workers at once", String(figures.alive), "", "", "500", verdict(figures.alive === 500)]);
});

section("run of an empty module, whole command", () => {
  const { firstUs, secondUs } = host("commands", 20 * scale, binary, "run", empty, "--", process.execPath, empty);
  atMost("run of an empty module, whole command", firstUs, "node, empty file", secondUs, 0.8);
});

section("calls of fs", () => {
  const pipe = host("pipe", 20000 * scale).roundTripUs;
  const { ours: we, node } = paired("calls.mjs", 1000 * scale, 3);
  atMost("one extension call: statSync", we.statSyncUs, "pipe round trip of 64 B", pipe, 3);
  rows.push(["    the same, stat awaited", time(we.statUs), `${time(pipe)}  pipe round trip of 64 B`, (we.statUs / pipe).toFixed(2), "", ""]);
  atMost("readFile of 4 KiB, awaited", we.readUs, "node", node.readUs, 1);
  atMost("readFile of 4 KiB, 64 at once, each", we.read64Us, "node", node.read64Us, 1);
});

section("an audit log", () => {
  const log = path.join(data, "audit.jsonl");
  const { verifyMBs, records } = runtime("audit-verify", log, 128 * scale);
  rows.push([`audit verify, ${records} records`, `${verifyMBs.toFixed(0)} MB/s`, "", "", "≥ 200 MB/s", verdict(verifyMBs >= 200)]);
  // In turn, for the machine's own mood is more than what is measured.
  const us = { with: [], without: [] };
  const once = (...options) => JSON.parse(
    output(binary, "run", "--policy", policy, ...options, path.join(here, "calls.mjs"), "/data", 1000 * scale)).readUs;
  for (let i = 0; i < 7; i++) {
    us.without.push(once());
    us.with.push(once("--audit", log));
  }
  fs.rmSync(log);
  const [withLog, without] = [median(us.with), median(us.without)];
  rows.push(["readFile of 4 KiB, awaited, with an audit log", time(withLog), `${time(without)}  without`,
             (withLog / without).toFixed(2), "≤ 1.1", verdict(withLog / without <= 1.1)]);
});

section("a policy of 1,000 rules", () => {
  const folder = path.join(data, "rules");
  const we = runtime("policy", folder, 1000);
  fs.rmSync(folder, { recursive: true });
  for (const [name, whose] of [["OfAllModules", "for as many modules"], ["OfOneModule", "all for one module"]]) {
    const load = we[`load${name}Ms`], us = we[`decision${name}Us`];
    rows.push([`a policy of 1,000 rules ${whose}: loaded`, `${load.toFixed(1)} ms`, "", "", "≤ 50 ms", verdict(load <= 50)]);
    rows.push([`the same: one decision`, `${us.toFixed(2)} µs`, "", "", "≤ 1 µs", verdict(us <= 1)]);
  }
});

// The figures of the service, each measured by a process of its own.
const service = (figure) =>
  JSON.parse(output(process.execPath, path.join(here, "service.mjs"), build, figure, ...(long ? ["--long"] : [])));

section("the service: a trivial job over HTTP, one client", () => {
  const yardstick = host("fork", 200 * scale).namespacesUs;
  const { coldUs, readyUs } = service("latency");
  atMost("a trivial job, submit with wait, no worker ready", coldUs, "fork + exit + wait, same namespaces", yardstick, 5);
  atMost("the same from the ready pool", readyUs, "fork + exit + wait, same namespaces", yardstick, 3);
});

section("the service: trivial jobs in a row, 4 clients", () => {
  const { perSecond, denoPerSecond } = service("throughput");
  const ratio = perSecond / denoPerSecond;
  rows.push(["trivial jobs, a fresh confined process each", `${perSecond.toFixed(0)}/s`, `${denoPerSecond.toFixed(1)}/s  deno run`,
             ratio.toFixed(1), "≥ 10", verdict(ratio >= 10)]);
});

section("the service: 1,000 queued jobs of four tenants, half of them hostile", () => {
  const { jobs, wrong, offBy, shares } = service("mixed");
  rows.push([`verdicts of ${jobs} mixed jobs that are wrong or lost`, String(wrong), "", "", "0", verdict(wrong === 0)]);
  rows.push(["shares of the weights 4:3:2:1, off by at most", `${(offBy * 100).toFixed(1)} %`, Object.values(shares).join(":"), "", "≤ 10 %",
             verdict(offBy <= 0.1)]);
});

section("the service: killed under load", () => {
  const { kills, acknowledged, again, lost, doubled } = service("kills");
  rows.push([`${kills} SIGKILLs, ${acknowledged} jobs acknowledged, ${again} begun again: lost, doubled`, `${lost}, ${doubled}`, "", "", "0, 0",
             verdict(lost === 0 && doubled === 0)]);
});

section("the service: memory", () => {
  const { first, last, firstKib, lastKib } = service("memory");
  const ratio = lastKib / firstKib;
  rows.push([`memory of the service after ${last} jobs`, `${(lastKib / 1024).toFixed(1)} MiB`, `${(firstKib / 1024).toFixed(1)} MiB  after ${first}`,
             ratio.toFixed(2), "≤ 1.1", verdict(ratio <= 1.1)]);
});

section("the service: open loop at half its rate", () => {
  const { rate, outcomes, p50Ms, p99Ms } = service("openLoop");
  rows.push([`${rate} jobs a second, each timed from when it was due: p50, p99`, `${p50Ms.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms`,
             Object.entries(outcomes).map(([word, n]) => `${n} ${word}`).join(" "), "", "", ""]);
});

section("readFile of 64 MiB", () => {
  const { ours: we, node } = paired("large.mjs", long ? 20 : 5, 3);
  const speed = (ms) => `${(64 / 1024 / (ms / 1000)).toFixed(2)} GiB/s`;
  const ratio = node.largeMs / we.largeMs;
  rows.push(["readFile of 64 MiB", speed(we.largeMs), `${speed(node.largeMs)}  node`, ratio.toFixed(2), "≥ 2", verdict(ratio >= 2)]);
});

section("the end of a capability, with calls under way", () => {
  const folder = path.join(data, "revocation");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, "many"), { recursive: true });
  for (let i = 0; i < 5000; i++) fs.writeFileSync(path.join(folder, "many", `entry-${i}`), "");
  fs.writeFileSync(path.join(folder, "large"), Buffer.alloc(64 * 1024 * 1024, 7));
  fs.writeFileSync(path.join(folder, "mark"), "");
  const ended = JSON.parse(output(binary, "run", "--policy", path.join(here, "revocation.policy.toml"),
                                  path.join(here, "revocation.mjs"), "/data", 40 * scale));
  fs.rmSync(folder, { recursive: true, force: true });
  const ms = (value) => `${value.toFixed(2)} ms`;
  const row = (name, { count, p50, p99, max }) =>
    rows.push([name, ms(p99), `p50 ${ms(p50)}, max ${ms(max)} of ${count}`, "", "≤ 10 ms", verdict(p99 <= 10)]);
  row("from revoke() to the answer of a call under way, p99", ended.revoke.answer);
  row("    to when it does nothing more, p99", ended.revoke.lane);
  row("from the end of until() to that answer, p99", ended.until.answer);
  row("    to when it does nothing more, p99", ended.until.lane);
  rows.push([`revoke() of ${ended.crowd} derived objects`, ms(ended.revokeAll), "", "", "", ""]);
});

section("2,000 jobs in a row", () => {
  const left = runtime("jobs", zygote, empty, long ? 20000 : 2000);
  // Allocators settle: what a leak of every job would come to is far more.
  const memory = left.supervisorKib + left.zygoteKib;
  const clean = left.descriptors === 0 && left.processes === 0 && memory <= 4096;
  rows.push([`${long ? "20,000" : "2,000"} jobs in a row (${time(left.jobUs)} each) left behind`,
             `${left.descriptors} fd, ${left.processes} proc`,
             `supervisor ${left.supervisorKib} KiB, zygote ${left.zygoteKib} KiB`, "", "0, 0, ≤ 4 MiB", verdict(clean)]);
});

const header = ["figure", "ours", "yardstick", "ratio", "target", ""];
const widths = header.map((title, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
const line = (row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
const cpu = os.cpus()[0]?.model ?? "unknown processor";
console.log(`\n${cpu}, ${os.cpus().length} cores, Linux ${os.release()}, node ${process.version}, ` +
            `${process.getuid() === 0 ? "as root" : "as an ordinary user"}\n`);
console.log(line(header));
console.log(widths.map((width) => "-".repeat(width)).join("  "));
for (const row of rows) console.log(line(row));
process.exitCode = failures > 0 ? 1 : 0;
