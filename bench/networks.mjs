// Every zoo network, and every model of a folder that is named: planned, verified, and run beside
// oneDNN's own choice and ONNX Runtime. Writes the tables of bench/README.md.
//
//   node bench/networks.mjs [--threads 1] [--isa sse4.1|avx2|avx512] [--only NAME,NAME]
//                           [--rounds 40] [--budget 3m] [--verify] [FOLDER]
//
// --verify also compares every layer with float64, which takes minutes for the large networks.
// FOLDER holds further .onnx files. With --isa, kernwise and oneDNN are held to that instruction
// set; ONNX Runtime cannot be, and takes no part. Results of single networks are kept under build/bench/ and not
// made again (delete the folder to start over), so an interrupted benchmark goes on where it was.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kernwise = join(root, 'build/release/bin/kernwise');
const {values: flags, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    threads: {type: 'string', default: '1'},
    isa: {type: 'string', default: ''},
    only: {type: 'string', default: ''},
    rounds: {type: 'string', default: '40'},
    budget: {type: 'string', default: '3m'},
    verify: {type: 'boolean', default: false},
  },
});
const threads = flags.threads;
const section = flags.isa ? `${flags.isa} threads ${threads}` : `threads ${threads}`;
const work = join(root, 'build/bench', section.replaceAll(' ', '-'));
const store = join(work, 'measurements.db');

function run(words) {
  const args = flags.isa ? [...words, '--isa', flags.isa] : words;
  const result = spawnSync(kernwise, args, {encoding: 'utf8', maxBuffer: 1 << 28,
                                            stdio: ['ignore', 'pipe', 'inherit']});
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`kernwise ${args.join(' ')}: exit ${result.status}`);
  return result.stdout;
}

// Results of another build are not reused.
const build = JSON.parse(run(['version', '--json'])).context.build;
const json = (args) => JSON.parse(run([...args, '--json']));
const zoo = json(['list', 'zoo']).result.zoo.map(({name}) => name);

// One network: plan, the plan again from the filled store, run (for the peak of a process that does
// nothing else), verification and side-by-side run, as JSON documents.
function measure(name, model) {
  const done = join(work, `${name}.${build}${flags.verify ? '.verified' : ''}.result.json`);
  if (existsSync(done)) return JSON.parse(readFileSync(done, 'utf8'));
  const plan = join(work, `${name}.plan.json`);
  const common = ['--store', store, '--threads', threads];
  const result = {
    name,
    plan: json(['plan', model, ...common, '--budget', flags.budget, '-o', plan]),
    again: json(['plan', model, ...common, '--budget', '0']),
    run: json(['run', plan, '--model', model, '--repeat', '1']),
    verify: flags.verify ? json(['run', plan, '--model', model, '--repeat', '1', '--verify']) : null,
    bench: json(['bench', model, ...common, '--plan', plan, '--budget', '5s', '--rounds', flags.rounds,
                 '--against', flags.isa ? 'onednn' : 'onednn,onnxruntime']),
  };
  writeFileSync(done, JSON.stringify(result, null, 1));
  return result;
}

const ms = (seconds) => (1e3 * seconds).toPrecision(3);
const ratio = (r) => `${r.median.toFixed(2)} [${r.low.toFixed(2)}, ${r.high.toFixed(2)}]`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function geomean(numbers) {
  return Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);
}

function tables(results) {
  const rows = results.map(({name, plan, again, run, bench, verify}) => {
    const r = bench.result;
    return {name, r, plan: plan.result, again: again.result,
            process: run.result.process_peak_bytes,
            error: verify?.result.verification.worst_relative_error,
            off: plan.result.predicted_total_s / plan.result.measured_total_s - 1};
  });
  const peers = [['oneDNN auto', 'onednn'], ['ONNX Runtime', 'onnxruntime']]
    .filter(([, key]) => rows[0].r.ratios[key]);
  // What executors hold, which ONNX Runtime does not tell; and what whole processes hold, which is
  // asked of kernwise in a process of its own.
  const executors = [['kernwise', 'kernwise'], ...peers].filter(([, key]) => key !== 'onnxruntime');
  const onnxruntime = peers.some(([, key]) => key === 'onnxruntime');
  const side = table(
    ['network', 'kernwise (ms)', ...peers.map(([peer]) => `${peer} / kernwise`),
     ...executors.map(([name]) => `peak MiB: ${name}`),
     'of the process: kernwise', ...(onnxruntime ? ['ONNX Runtime'] : []),
     ...(flags.verify ? ['worst relative error'] : [])],
    [...rows.map(({name, r, error, process}) =>
      [name, ms(r.kernwise.median_s), ...peers.map(([, key]) => ratio(r.ratios[key])),
       ...executors.map(([, key]) => mib(r[key].peak_bytes)),
       mib(process), ...(onnxruntime ? [mib(r.onnxruntime.process_peak_bytes)] : []),
       ...(flags.verify ? [error.toExponential(1)] : [])]),
     ['**geometric mean**', '',
      ...peers.map(([, key]) => geomean(rows.map(({r}) => r.ratios[key].median)).toFixed(2)),
      ...executors.map(() => ''), '', ...(onnxruntime ? [''] : []), ...(flags.verify ? [''] : [])]]);
  const magnitude = rows.map(({off}) => Math.abs(off));
  const parts = table(
    ['network', 'sum of parts (ms)', 'whole run (ms)', 'difference', 'beside others (ms)', 'optimal',
     'PBQP (ms)', 'plan from the filled store (ms)', 'measuring (s)'],
    [...rows.map(({name, plan, again, off, r}) =>
      [name, ms(plan.predicted_total_s), ms(plan.measured_total_s), percent(off),
       ms(r.kernwise.median_s),
       plan.optimal ? 'yes' : `gap ${percent(plan.gap_ratio)}`, ms(again.solver.solve_s),
       ms(again.phases.read_s + again.phases.profile_s + again.phases.select_s),
       plan.profile ? plan.profile.spent_s.toFixed(0) : '0']),
     ['**mean magnitude**', '', '', percent(magnitude.reduce((a, b) => a + b, 0) / rows.length),
      '', '', '', '', ''],
     ['**worst**', '', '', percent(Math.max(...magnitude)), '', '', '', '', '']]);
  return {side, parts};
}

// Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`.
function splice(text, name, content) {
  const open = `<!-- ${name} -->`, close = `<!-- /${name} -->`;
  const from = text.indexOf(open), to = text.indexOf(close);
  if (from < 0 || to < 0) throw new Error(`bench/README.md has no ${open} section`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

const readme = join(root, 'bench/README.md');
splice(readFileSync(readme, 'utf8'), section, '');  // throws now rather than after an hour
mkdirSync(work, {recursive: true});
const models = zoo.map((name) => [name, join(work, `${name}.onnx`)]);
for (const folder of positionals) {
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.onnx')).sort()) {
    models.push([basename(file, '.onnx'), join(folder, file)]);
  }
}
const wanted = flags.only ? flags.only.split(',') : null;
const results = [];
for (const [name, model] of models) {
  if (wanted && !wanted.includes(name)) continue;
  if (!existsSync(model)) run(['zoo', name, '-o', model, '-q']);
  results.push(measure(name, model));
}
const {side, parts} = tables(results);
const context = results.at(-1).bench.context;
const heading = `Made ${new Date().toISOString().slice(0, 10)} by ` +
  `\`node bench/networks.mjs ${process.argv.slice(2).map((a) => basename(a)).join(' ')}\`, ` +
  `at most ${flags.rounds} interleaved rounds, seed 1.\n` +
  `Machine: ${context.device.cpu}, ${context.device.isa}, ${threads} thread(s); ` +
  `${context.kernel}; ${context.libraries}` +
  (flags.isa ? '' : `; ONNX Runtime ${results.at(-1).bench.result.onnxruntime.version}`) +
  `. Ratios are of medians, with 95 % bootstrap ` +
  `intervals; above 1 kernwise is faster.`;
const content = `${heading}\n\n${side}\n\nPredicted from isolated measurements, against runs of the network back to back; in the first ` +
  `table it runs beside the others, whose weights push ours out of the caches:\n\n${parts}`;
if (!wanted) {
  writeFileSync(readme, splice(readFileSync(readme, 'utf8'), section, content));
}
console.log(content);
