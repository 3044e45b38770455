// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// ONNX Runtime as a contestant of `kernwise bench`: a child process that is spoken to in JSON, one
// object a line, on stdin and stdout. It answers every line with one line, in order.
//
//   {"model": PATH, "threads": N,
//    "inputs": {NAME: {"shape": [1, 3, 224, 224], "file": PATH}}}   first; little-endian float32
//                       -> {"ready": true, "version": "1.30.0", "outputs": [NAME...]}
//   {"run": K}          -> {"seconds": [K numbers]}    K runs, back to back
//   {"output": PATH}    -> {"written": true}   all outputs of the last run, one after the other
//   {"memory": true}    -> {"peak_rss_bytes": N}
//   {"quit": true}      ends it, as does the end of stdin; no answer
//
// Anything wrong: {"error": "..."}, and exit status 1.
//
// Timed is `session.run`, as its users call it: inputs stand ready, outputs come back as tensors.

import fs from 'node:fs';
import os from 'node:os';
import readline from 'node:readline';

const BYTES_PER_FLOAT = 4;

function answer(object) {
  fs.writeSync(1, JSON.stringify(object) + '\n');
}

async function loadRuntime() {
  try {
    return (await import('onnxruntime-node')).default;
  } catch (cause) {
    throw new Error(`onnxruntime-node does not load (run bench/setup): ${cause.message}`);
  }
}

function elementCount(shape) {
  return shape.reduce((product, dim) => product * dim, 1);
}

function readFloats(path, count) {
  const bytes = fs.readFileSync(path);
  if (bytes.length !== count * BYTES_PER_FLOAT) {
    throw new Error(`${path} holds ${bytes.length} bytes, not ${count * BYTES_PER_FLOAT}`);
  }
  const floats = new Float32Array(count);
  new Uint8Array(floats.buffer).set(bytes);
  return floats;
}

function readInputs(ort, session, inputs) {
  const feeds = {};
  for (const [name, { shape, file }] of Object.entries(inputs)) {
    if (!session.inputNames.includes(name)) {
      throw new Error(`the model has no input '${name}', only ${session.inputNames.join(', ')}`);
    }
    feeds[name] = new ort.Tensor('float32', readFloats(file, elementCount(shape)), shape);
  }
  return feeds;
}

function peakResidentBytes() {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  if (!line) throw new Error('/proc/self/status does not say VmHWM');
  return Number(line[1]) * 1024;
}

// Processors this process may use, as ONNX Runtime counts them: from 1.
function processors() {
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1];
  return list.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i + 1);
  });
}

// Its own threads each bound to a processor, as kernwise's are; the first thread is the caller's.
function boundThreads(threads) {
  const cpus = processors();
  if (threads < 2 || cpus.length < threads) return {};
  return { intra_op_thread_affinities: cpus.slice(1, threads).join(';') };
}

class Contestant {
  static async create({ model, threads, inputs }) {
    if (typeof model !== 'string' || !Number.isInteger(threads) || threads < 1 || !inputs) {
      throw new Error('the first line must hold model, threads (>= 1) and inputs');
    }
    const ort = await loadRuntime();
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // Spins during a run as ever, but not on when the other contestants have the processors.
      extra: { session: { force_spinning_stop: '1', ...boundThreads(threads) } },
    });
    return new Contestant(session, readInputs(ort, session, inputs), ort.env.versions.node);
  }

  constructor(session, feeds, version) {
    this.session = session;
    this.feeds = feeds;
    this.version = version;
    this.outputs = null;
  }

  async run(times) {
    if (!Number.isInteger(times) || times < 1) throw new Error('run wants a number >= 1');
    const seconds = [];
    for (let i = 0; i < times; ++i) {
      const start = process.hrtime.bigint();
      this.outputs = await this.session.run(this.feeds);
      seconds.push(Number(process.hrtime.bigint() - start) * 1e-9);
    }
    return { seconds };
  }

  writeOutput(path) {
    if (!this.outputs) throw new Error('there is no output before the first run');
    const parts = this.session.outputNames.map((name) => {
      const tensor = this.outputs[name];
      if (tensor.type !== 'float32') throw new Error(`output '${name}' is ${tensor.type}`);
      const { buffer, byteOffset, byteLength } = tensor.data;
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
    fs.writeFileSync(path, Buffer.concat(parts));
    return { written: true };
  }

  perform(request) {
    if ('run' in request) return this.run(request.run);
    if ('output' in request) return this.writeOutput(request.output);
    if ('memory' in request) return { peak_rss_bytes: peakResidentBytes() };
    throw new Error(`unknown request: ${Object.keys(request).join(', ')}`);
  }
}

async function main() {
  if (os.endianness() !== 'LE') throw new Error('raw floats are little-endian, this machine is not');
  let contestant = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.quit) break;
    if (contestant) {
      answer(await contestant.perform(request));
    } else {
      contestant = await Contestant.create(request);
      answer({
        ready: true,
        version: contestant.version,
        outputs: [...contestant.session.outputNames],
      });
    }
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    answer({ error: error.message });
    process.exit(1);
  },
);
