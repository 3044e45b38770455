// Which family of primitives is worth having: how many layers each wins over all networks, and what
// the networks lose if it is taken away. Reads the measurements that bench/networks.mjs left, and
// measures nothing itself: both plans come from the same costs. Writes its table in bench/README.md.
//
//   node bench/families.mjs [--threads 1] [--isa sse4.1|avx2|avx512] [FOLDER]
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kernwise = join(root, 'build/release/bin/kernwise');
const {values: flags, positionals} = parseArgs({
  allowPositionals: true,
  options: {threads: {type: 'string', default: '1'}, isa: {type: 'string', default: ''}},
});
const section = flags.isa ? `${flags.isa} threads ${flags.threads}` : `threads ${flags.threads}`;
const work = join(root, 'build/bench', section.replaceAll(' ', '-'));

function json(words) {
  const args = [...words, '--json', ...(flags.isa ? ['--isa', flags.isa] : [])];
  const {status, stdout, stderr} =
    spawnSync(kernwise, args, {encoding: 'utf8', maxBuffer: 1 << 28});
  return status === 0 ? JSON.parse(stdout).result : {error: stderr};
}

const primitives = json(['list', 'primitives']).primitives;
const familyOf = new Map(primitives.map(({id, family, source}) => [id, `${family} (${source})`]));
const families = [...new Set(primitives.filter(({kind}) => kind !== 'transform')
  .map(({id}) => familyOf.get(id)))];

// The plan without one family; null if the rest cannot do the network.
function plan(model, without) {
  const allowed = without
    ? ['--primitives', primitives.map(({id}) => id).filter((id) => familyOf.get(id) !== without).join()]
    : [];
  const result = json(['plan', model, '--store', join(work, 'measurements.db'), '--threads',
                       flags.threads, '--budget', '0', ...allowed]);
  return result.error ? null : result;
}

const models = readdirSync(work).filter((f) => f.endsWith('.onnx')).map((f) => join(work, f));
for (const folder of positionals) {
  models.push(...readdirSync(folder).filter((f) => f.endsWith('.onnx')).map((f) => join(folder, f)));
}
const networks = models.sort().map((model) => {
  const best = plan(model);
  if (!best) throw new Error(`${model} cannot be planned: run bench/networks.mjs first`);
  return {name: basename(model, '.onnx'), model, best};
});
const layers = networks.reduce((sum, {best}) => sum + best.layers.length, 0);
const rows = families.map((family) => {
  let wins = 0, impossible = 0, log = 0, worst = {loss: 0, name: ''};
  for (const {name, model, best} of networks) {
    const won = best.layers.filter(({primitive}) => familyOf.get(primitive) === family).length;
    wins += won;
    if (!won) continue;
    const other = plan(model, family);
    if (!other) {
      ++impossible;
      continue;
    }
    const loss = other.predicted_total_s / best.predicted_total_s - 1;
    log += Math.log1p(loss);
    if (loss > worst.loss) worst = {loss, name};
  }
  return {family, wins, impossible, mean: Math.expm1(log / networks.length), worst};
}).sort((a, b) => b.wins - a.wins);

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const line = (cells) => `| ${cells.join(' | ')} |`;
const content = [
  `Made ${new Date().toISOString().slice(0, 10)} by \`node bench/families.mjs ` +
    `${process.argv.slice(2).map((a) => basename(a)).join(' ')}\` from the measurements of the tables ` +
    `above: ${networks.length} networks, ${layers} layers. The loss is that of the planned time if the ` +
    'family did not exist, as a geometric mean over all networks and where it is largest.',
  '',
  line(['family (source)', 'layers won', 'loss without it', 'largest loss', 'networks impossible without']),
  line(['---', '---', '---', '---', '---']),
  ...rows.map((r) => line([r.family, r.wins, r.wins ? percent(r.mean) : '0',
                           r.worst.loss > 0 ? `${percent(r.worst.loss)} (${r.worst.name})` : '',
                           r.impossible || ''])),
].join('\n');

const readme = join(root, 'bench/README.md');
const text = readFileSync(readme, 'utf8');
const open = `<!-- families ${section} -->`, close = `<!-- /families ${section} -->`;
const from = text.indexOf(open), to = text.indexOf(close);
console.log(content);
if (from < 0 || to < 0) throw new Error(`bench/README.md has no ${open} section`);
writeFileSync(readme, `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`);
