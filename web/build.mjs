// Bundle, hash and compress what the pages run: `node build.mjs FOLDER`.
//
// Every file gets a name that changes with its content, so that browsers may keep it for ever; manifest.json
// says which name each has today.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const folder = process.argv[2];
const TARGETS = ["es2020", "chrome86", "firefox90", "safari14.1"];
const COMPRESSED = new Set([".css", ".js", ".svg"]);

await mkdir(folder, { recursive: true });
const manifest = {};

async function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const extension = extname(name);
  const hashed = `${basename(name, extension)}-${hash}${extension}`;
  manifest[name] = hashed;
  await writeFile(join(folder, hashed), content);
  if (!COMPRESSED.has(extension)) return;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  await writeFile(join(folder, `${hashed}.br`), brotliCompressSync(content, { params: quality }));
  await writeFile(join(folder, `${hashed}.gz`), gzipSync(content, { level: 9 }));
}

const bundled = await build({
  entryPoints: { main: "static/js/main.js", villager: "static/js/villager.js", style: "static/css/style.css", "villager-style": "static/css/villager.css" },
  outdir: "out",
  bundle: true,
  minify: true,
  format: "esm",
  target: TARGETS,
  charset: "utf8",
  legalComments: "none",
  write: false,
  logLevel: "warning",
});
for (const file of bundled.outputFiles) await keep(basename(file.path), file.contents);
for (const name of await readdir("static/images")) await keep(name, await readFile(join("static/images", name)));
await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest, null, 2));
