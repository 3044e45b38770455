// What a cap on memory costs: each network is planned and run under caps at 25, 50 and 75 % of the
// span from the smallest peak that was found to that of the fastest plan; beside it the
// all-or-nothing way out, the fastest plan without any Winograd. Writes a table of bench/README.md.
//
//   node bench/memory.mjs --store STORE [--threads 1] [--repeat 20] [--rounds 3] NETWORK.onnx...
//
// STORE holds measurements of the networks (node bench/networks.mjs fills build/bench/*/
// measurements.db); nothing is measured here but whole runs, plan by plan in turns.
import {spawnSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kernwise = join(root, 'build/release/bin/kernwise');
const {values: flags, positionals: networks} = parseArgs({
  allowPositionals: true,
  options: {
    store: {type: 'string'},
    threads: {type: 'string', default: '1'},
    repeat: {type: 'string', default: '20'},
    rounds: {type: 'string', default: '3'},
  },
});
if (!flags.store || networks.length === 0) {
  console.error('usage: node bench/memory.mjs --store STORE NETWORK.onnx...');
  process.exit(2);
}

function json(args) {
  const result = spawnSync(kernwise, [...args, '--json'],
                           {encoding: 'utf8', maxBuffer: 1 << 28,
                            stdio: ['ignore', 'pipe', 'inherit']});
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`kernwise ${args.join(' ')}: exit ${result.status}`);
  return JSON.parse(result.stdout).result;
}

const work = join(root, 'build/bench/memory');
mkdirSync(work, {recursive: true});
const plain = json(['list', 'primitives']).primitives
  .filter(({family}) => !family.includes('winograd')).map(({id}) => id);

const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
const ms = (seconds) => (1e3 * seconds).toFixed(2);

for (const network of networks) {
  const name = basename(network, '.onnx');
  const plan = (suffix, ...words) => {
    const file = join(work, `${name}.${suffix}.json`);
    const result = json(['plan', network, '--store', flags.store, '--costs', 'measured', '--budget',
                         '0', '--threads', flags.threads, '-o', file, ...words]);
    return {suffix, file, result, medians: []};
  };
  const fastest = plan('fastest', '--pareto');
  const {points, least_peak_bound_bytes: bound} = fastest.result.front;
  const [least, most] = [points[0].peak_bytes, fastest.result.peak_bytes];
  const plans = [fastest];
  for (const share of [0.75, 0.5, 0.25, 0]) {
    const cap = Math.ceil(least + share * (most - least));
    plans.push({...plan(`${100 * share}%`, '--memory', String(cap)), cap});
  }
  plans.push(plan('no-winograd', '--primitives', plain.join(',')));
  for (let round = 0; round < Number(flags.rounds); ++round) {
    for (const p of plans) {
      const ran = json(['run', p.file, '--model', network, '--repeat', flags.repeat]);
      p.medians.push(ran.median_s);
      p.allocated = ran.peak_bytes;
    }
  }
  for (const p of plans) p.run = p.medians.sort((a, b) => a - b)[Math.floor(p.medians.length / 2)];
  console.log(`\n${name}: smallest peak found ${mib(least)} MiB (none below ${mib(bound)}), fastest ` +
              `plan ${mib(most)} MiB, front of ${points.length} points\n`);
  console.log('| plan | cap (MiB) | allocated (MiB) | predicted (ms) | run (ms) | of the fastest | gap |');
  console.log('|---|---|---|---|---|---|---|');
  for (const p of plans) {
    console.log(`| ${p.suffix} | ${p.cap ? mib(p.cap) : ''} | ${mib(p.allocated)} | ` +
                `${ms(p.result.predicted_total_s)} | ${ms(p.run)} | ` +
                `${(p.run / plans[0].run).toFixed(2)} | ${(100 * p.result.gap_ratio).toFixed(1)} % |`);
    if (p.cap && p.allocated > p.cap) throw new Error(`${p.suffix}: the cap was not kept`);
  }
}
