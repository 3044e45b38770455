// What int8 is worth: each network is planned in fp32 and with a bound on the error, and both plans
// run in turns in one process. Writes a table of bench/README.md.
//
//   node bench/int8.mjs --store STORE [--max-error 0.03] [--threads 1] [--rounds 30]
//                       [--budget 60s] [--program build/release/bin/kernwise] NETWORK.onnx...
//
// STORE keeps the measurements that the plans rest on, and what it lacks is measured within the
// budget. The error is that of `run --verify` against float64, on an input that neither the ranges
// nor the choice of layers have seen (seed 99).
import {spawnSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const {values: flags, positionals: networks} = parseArgs({
  allowPositionals: true,
  options: {
    store: {type: 'string'},
    'max-error': {type: 'string', default: '0.03'},
    threads: {type: 'string', default: '1'},
    rounds: {type: 'string', default: '30'},
    budget: {type: 'string', default: '60s'},
    program: {type: 'string', default: join(root, 'build/release/bin/kernwise')},
  },
});
if (!flags.store || networks.length === 0) {
  console.error('usage: node bench/int8.mjs --store STORE NETWORK.onnx...');
  process.exit(2);
}

// Exit 1 is a verification beyond the bound: a result too, and the table shows it.
function json(args) {
  const result = spawnSync(flags.program, [...args, '--json'],
                           {encoding: 'utf8', maxBuffer: 1 << 28,
                            stdio: ['ignore', 'pipe', 'inherit']});
  if (result.error) throw result.error;
  if (result.status > 1) throw new Error(`kernwise ${args.join(' ')}: exit ${result.status}`);
  return JSON.parse(result.stdout).result;
}

const work = join(root, 'build/bench/int8');
mkdirSync(work, {recursive: true});
const common = ['--store', flags.store, '--threads', flags.threads];
const ms = (seconds) => (1e3 * seconds).toFixed(2);
const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);

console.log('| network | fp32 (ms) | int8 (ms) | fp32 / int8 | predicted | layers in int8 | ' +
            'error when planned | error on another input | bound | peak MiB: fp32 | int8 |');
console.log('|---|---|---|---|---|---|---|---|---|---|---|');
for (const network of networks) {
  const name = basename(network, '.onnx');
  const measured = ['--costs', 'measured', '--budget', flags.budget];
  json(['plan', network, ...common, ...measured]);
  const file = join(work, `${name}.${flags.threads}.json`);
  const {int8} = json(['plan', network, ...common, ...measured, '--max-error',
                       flags['max-error'], '-o', file]);
  const bench = json(['bench', network, ...common, '--budget', '0', '--plan', file, '--against',
                      'fp32', '--rounds', flags.rounds]);
  const {verification} = json(['run', file, '--model', network, '--repeat', '1', '--verify',
                               '--seed', '99']);
  const {median, low, high} = bench.ratios.fp32;
  console.log(`| ${name} | ${ms(bench.fp32.median_s)} | ${ms(bench.kernwise.median_s)} | ` +
              `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] | ` +
              `${(int8.fp32_total_s / bench.predicted_s).toFixed(2)} | ` +
              `${int8.layers_in_int8} of ${int8.layers_able} | ` +
              `${int8.end_to_end_relative_error.toPrecision(2)} | ` +
              `${verification.end_to_end_relative_error.toPrecision(2)} | ` +
              `${int8.max_relative_error} | ` +
              `${mib(bench.fp32.peak_bytes)} | ${mib(bench.kernwise.peak_bytes)} |`);
}
