// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and a running server: the one at GRIDLOOM_URL, or one started from GRIDLOOM and GRIDLOOM_PROJECT.
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A Chromium with a user-data-dir of its own; `close` ends it and removes the directory. */
export async function openBrowser(options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'gridloom-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars'],
    viewport: { width: 1600, height: 1000 },
    locale: 'en-US',
    ...options,
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, close };
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

async function untilReady(url, running) {
  for (let patience = 600; patience > 0; --patience) {
    if (running.exitCode !== null) throw new Error(`gridloom serve ended with ${running.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('gridloom serve is not ready after 60 s');
}

/** A server of its own over a copy of the project, to which tests may add; `stop` removes the copy. */
export async function openServerOfCopy() {
  const folder = await mkdtemp(join(tmpdir(), 'gridloom-project-'));
  const project = join(folder, 'copy.gpkg');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await copyFile(process.env.GRIDLOOM_PROJECT, project);
    const { url, stop } = await openServer(project);
    return { url, project, stop: () => stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** `{url, stop}` of a running server: over `project`, else the one of the environment. */
export async function openServer(project) {
  const given = project ? null : process.env.GRIDLOOM_URL;
  if (given) return { url: given.replace(/\/$/, ''), stop: async () => {} };
  project ??= process.env.GRIDLOOM_PROJECT;
  if (!project) throw new Error('Set GRIDLOOM_URL to a running server, or GRIDLOOM_PROJECT to a fused city.');
  const binary = process.env.GRIDLOOM ?? join(root, 'build/gridloom');
  const port = await freePort();
  const running = spawn(binary, ['serve', resolve(project), '--port', String(port)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((done) => running.once('exit', done));
  const failed = new Promise((_, reject) => running.once('error', reject));
  const stop = async () => {
    running.kill('SIGTERM');
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([untilReady(url, running), failed]);
  } catch (error) {
    running.kill('SIGKILL');
    throw error;
  }
  return { url, stop };
}

/** Waits until the map has asked for its tiles and has them all. */
export async function tilesLoaded(page) {
  await page.waitForSelector('[data-testid=map][data-state=idle]');
  await page.waitForTimeout(250);
  await page.waitForSelector('[data-testid=map][data-state=idle]');
}
