// A person in front of Chromium: signs in, reads the accounts, copies credentials, approves a device.
//
// Reads {url, username, password, totpSecret, userCode, artifacts} from standard input, prints what
// was seen as JSON, and leaves screenshots of every page in the folder `artifacts`: light and dark,
// on a phone (360 px) and on a desk (1440 px).
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { chromium } from 'playwright-core';

const given = JSON.parse(await text(process.stdin));
const seen = { accounts: [], problems: [], environment: {}, values: {}, copied: '', approved: '', signedOut: '' };

// totp is RFC 6238 with SHA-1, 30 s and 6 digits.
function totp(secret) {
  const bits = [...secret.replace(/[\s=]/g, '').toUpperCase()]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const sum = createHmac('sha1', key).update(counter).digest();
  const at = sum.at(-1) & 0xf;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// watch notes what a person would only see in the developer tools.
async function watch(context) {
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => {
      console.error(`policy violation: ${e.violatedDirective} ${e.blockedURI}`);
    });
  });
  context.on('console', (m) => {
    if (['error', 'warning'].includes(m.type())) seen.problems.push(`console: ${m.text()} (${m.location().url})`);
  });
  context.on('weberror', (e) => seen.problems.push(`script: ${e.error().message}`));
  context.on('response', (r) => {
    if (r.status() >= 400) seen.problems.push(`${r.status()} ${r.url()}`);
  });
}

const looks = [];
for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 1440]) looks.push({ colorScheme, width, height: width === 360 ? 740 : 900 });
}

// portray takes pictures of the page as it is, in every look, and checks that it fits.
async function portray(page, name) {
  for (const { colorScheme, width, height } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
    if (scroll > width) seen.problems.push(`${name} is ${scroll} px wide on a screen of ${width}`);
    await page.screenshot({ path: join(given.artifacts, `${name}-${colorScheme}-${width}.png`), fullPage: true, animations: 'disabled' });
  }
}

mkdirSync(given.artifacts, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], baseURL: given.url });
  context.setDefaultTimeout(15000);
  await watch(context);
  const page = await context.newPage();

  await page.goto('/start');
  await portray(page, '1-sign-in');
  await page.fill('input[name=username]', given.username);
  await page.fill('input[name=password]', given.password);
  await page.click('form:has(input[name=password]) button[type=submit]');
  await page.waitForSelector('input[name=otp]');
  await portray(page, '2-factor');
  await page.fill('input[name=otp]', totp(given.totpSecret));
  await page.click('form:has(input[name=otp]) button[type=submit]');
  await page.waitForSelector('ul.accounts');

  seen.accounts = await page.$$eval('ul.accounts > li', (items) => items.map((li) => ({
    id: li.querySelector('code').textContent,
    roles: [...li.querySelectorAll('.role-name')].map((r) => r.textContent.trim()),
  })));
  const first = page.locator('ul.accounts > li').filter({ hasText: given.account });
  if (!(await first.locator('details').evaluate((d) => d.open))) await first.locator('summary').click();
  await portray(page, '3-accounts');

  await first.locator('a', { hasText: 'Access keys' }).first().click();
  await page.waitForSelector('#profile');
  seen.values.profile = await page.textContent('#profile');
  await portray(page, '4-profile');
  await page.click('#credentials form button[type=submit]');
  await page.waitForSelector('#access-key-id');
  await portray(page, '5-keys');
  for (const id of ['access-key-id', 'secret-access-key', 'session-token']) seen.values[id] = await page.textContent(`#${id}`);
  for (const block of await page.$$('[id^=env-]')) {
    seen.environment[await block.getAttribute('id')] = await block.textContent();
  }
  await page.click('button.copy[data-copy^=env-]:visible');
  await page.waitForFunction(() => document.querySelector('#copied')?.textContent !== '');
  seen.copied = await page.evaluate(() => navigator.clipboard.readText());

  await page.goto(`/device?user_code=${given.userCode}`);
  if (await page.locator('input[name=user_code]').count()) {
    await portray(page, '6-device');
    await page.click('form:has(input[name=user_code]) button[type=submit]');
  }
  await page.waitForSelector('button[name=decision][value=allow]');
  await portray(page, '7-consent');
  await page.click('button[name=decision][value=allow]');
  await page.waitForSelector('.verdict');
  seen.approved = await page.textContent('h1');
  await portray(page, '8-approved');

  await page.goto('/start');
  await page.click('header form button[type=submit]');
  await page.waitForSelector('h1');
  seen.signedOut = await page.textContent('h1');
} catch (error) {
  seen.problems.push(`stopped: ${error.message}`);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
