// Adds up xunit's result files, says why each skipped test was skipped, and ends with one line of counts.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder, broken] = [process.argv[2], Number(process.argv[3])];
const text = (xml) => xml.replace(/<!\[CDATA\[|\]\]>/g, '').replace(/&quot;/g, '"').replace(/&lt;/g, '<')
  .replace(/&gt;/g, '>').replace(/&apos;/g, "'").replace(/&amp;/g, '&').trim();
let [passed, failed, skipped] = [0, broken, 0];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
  const xml = readFileSync(join(folder, file), 'utf8');
  for (const assembly of xml.matchAll(/<assembly [^>]*>/g)) {
    const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(assembly[0])?.[1] ?? 0);
    passed += count('passed');
    failed += count('failed') + count('errors');
    skipped += count('skipped'); // 'not-run' are explicit ones: what a test starts as its child, and a measurement.
  }
  for (const [, name, reason] of xml.matchAll(/<test [^>]*?name="([^"]*)"[^>]*result="Skip"[^>]*>[\s\S]*?<reason>([\s\S]*?)<\/reason>/g)) {
    console.log(`skipped: ${text(name)}: ${text(reason)}`);
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
