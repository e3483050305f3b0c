// Fetches the npm packages of packages.json into deps/npm, those of its list "packages" or, when an argument names
// another list, of that ("gpu", "train"): with npm (so that its registry, proxy and certificates
// apply), checked against the recorded SHA-256, unpacked file by file. Nothing of a package is ever executed.
//
// A package is done when its folder holds .stamp with the recorded hash and file list; the stamp is written last, so
// a run that was interrupted goes on with the package it was at, and a finished one starts no process at all.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync,
  writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, 'npm');
const work = join(here, '..', '.cache', 'npm-downloads');
const list = JSON.parse(readFileSync(join(here, 'packages.json'), 'utf8'))[process.argv[2] ?? 'packages'];
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function fail(message) {
  process.stderr.write(`\nheadwater: ${message}\n`);
  process.exit(1);
}

/** The line a finished package's .stamp holds: change the list or the hash and the package is fetched again. */
const stampOf = (entry) => `${entry.sha256} ${entry.extract.join(' ')}\n`;

function isDone(entry) {
  const stamp = join(target, entry.folder, '.stamp');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(entry);
}

/** Bytes below a folder: npm writes a download to its cache while it runs, which is how progress is seen. */
function bytesBelow(folder) {
  let sum = 0;
  try {
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, item.name);
      sum += item.isDirectory() ? bytesBelow(path) : statSync(path).size;
    }
  } catch {
    // A temporary file that npm renamed between the listing and the look.
  }
  return sum;
}

function hashOf(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(file).on('error', reject).on('data', (part) => hash.update(part))
      .on('end', () => resolve(hash.digest('hex')));
  });
}

function download(entry, cache, label) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['pack', `${entry.name}@${entry.version}`, '--ignore-scripts', '--silent', '--json',
      '--cache', cache, '--pack-destination', work], { cwd: work, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (part) => { errors = (errors + part).slice(-2000); });
    const timer = setInterval(() => show(entry, cache, label), process.stdout.isTTY ? 200 : 5000);
    child.on('error', (cause) => fail(`npm could not be started (${cause.message}); install Node.js with npm.`));
    child.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0) {
        fail(`npm could not fetch ${entry.name}@${entry.version} (exit ${code}). Is the npm registry reachable? `
          + `What is already here is kept; run the command again to go on.\n${errors.trim()}`);
      }
      resolve();
    });
  });
}

function show(entry, cache, label) {
  const have = Math.min(bytesBelow(cache), entry.bytes);
  const line = `${label} ${megabytes(have)} of ${megabytes(entry.bytes)}`;
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}

async function restore(entry, label) {
  const cache = join(work, `cache-${entry.folder}`);
  const file = join(work, `${entry.name.replace('@', '').replace('/', '-')}-${entry.version}.tgz`);
  if (!existsSync(file) || await hashOf(file) !== entry.sha256) {
    rmSync(file, { force: true });
    process.stdout.write(`${label} ${entry.name} ${entry.version}, ${megabytes(entry.bytes)}: ${entry.purpose}\n`);
    await download(entry, cache, label);
    const actual = await hashOf(file);
    if (actual !== entry.sha256) {
      rmSync(file, { force: true });
      rmSync(cache, { recursive: true, force: true });
      fail(`${entry.name}@${entry.version} has SHA-256 ${actual}; deps/packages.json records ${entry.sha256}. `
        + 'The file was thrown away.');
    }
  }

  const partial = join(target, `.partial-${entry.folder}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  // -m: npm files are dated 1985, and a build that copies newer files only would never copy them.
  const tar = spawnSync('tar', ['-xzmf', file, '-C', partial, '--no-same-owner', '--strip-components=1',
    ...entry.extract], { encoding: 'utf8' });
  if (tar.error || tar.status !== 0) {
    fail(`${file} could not be unpacked: ${tar.error?.message ?? tar.stderr.trim()}`);
  }
  writeFileSync(join(partial, '.stamp'), stampOf(entry));
  rmSync(join(target, entry.folder), { recursive: true, force: true });
  renameSync(partial, join(target, entry.folder));
  rmSync(file, { force: true });
  rmSync(cache, { recursive: true, force: true });
  process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${label} ${entry.name} ${entry.version} checked\n`);
}

const missing = list.filter((entry) => !isDone(entry));
if (missing.length > 0) {
  const total = missing.reduce((sum, entry) => sum + entry.bytes, 0);
  process.stdout.write(`Fetching ${missing.length} packages, ${megabytes(total)}, once; later runs start at once.\n`);
  mkdirSync(work, { recursive: true });
  mkdirSync(target, { recursive: true });
  for (const [index, entry] of missing.entries()) {
    await restore(entry, `[${index + 1}/${missing.length}]`);
  }
  rmSync(work, { recursive: true, force: true });
}
