// The frame around all views, and what holds for each: where one is, whether the numbers can be
// trusted, and that they refresh by themselves.

import {html, nothing, render} from './lit-html.js';
import {answer, begin, forget, onAnswer, path, refresh, send} from './api.js';
import {ago, time} from './format.js';
import {DAY, RANGES, changed, go, here, iso, link, range, stepped} from './place.js';
import {say} from './parts.js';
import * as overview from './overview.js';

const EVERY = 30000;

/** The views, loaded when they are first opened; the first one comes with the page. */
const VIEWS = {
  overview: {name: 'Overview', load: async () => overview, module: overview},
  explore: {name: 'Explore', load: () => import('./explore.js')},
  budgets: {name: 'Budgets', load: () => import('./budgets.js')},
  alerts: {name: 'Alerts', load: () => import('./alerts.js')},
  reconcile: {name: 'Reconcile', load: () => import('./reconcile.js')},
  settings: {name: 'Settings', load: () => import('./settings.js')},
};

/** Views that answer for a range. */
const RANGED = ['overview', 'explore', 'reconcile'];

let waiting = false;

/** Draws the view once for all that came in meanwhile. */
function draw() {
  if (!waiting) {
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      drawNow();
    });
  }
}

function drawNow() {
  begin();
  const place = here();
  const now = Date.now();
  const organizations = answer('/api/v1/organizations');
  const org = place.get('org');
  const polls = answer(path('/api/v1/polls', {limit: 1, org}));
  const view = VIEWS[place.page];
  const context = {place, now, org, range: range(place, now), polls, draw};
  const closed = [organizations, polls].find(each => each.error?.status === 401);
  const simulated = organizations.value?.data.find(each => !org || each.id === org)?.simulated ?? false;
  document.title = (simulated ? 'SIMULATED · ' : '') + view.name + ' · Tallyman';
  render(
    html`<a class="skip" href="#main">To the content</a>
      ${bar(context, organizations)}
      <div class="frame">
        ${menu(place)}
        <main id="main" tabindex="-1">
          ${closed
            ? door(closed.error)
            : html`${banners(context, simulated)} ${controls(context)} ${body(view, context)}`}
        </main>
      </div>
      <div id="said" role="status" hidden></div>`,
    document.getElementById('root'));
}

function body(view, context) {
  if (!view.module) {
    view.load().then(module => {
      view.module = module;
      draw();
    });
    return html`<div class="skeleton tall" aria-busy="true"></div>`;
  }
  return view.module.view(context);
}

const bar = (context, organizations) => html`<header class="bar">
  <a class="brand" href=${link('overview')}>Tallyman</a>
  ${organizations.value && organizations.value.data.length > 1
    ? html`<label>
        <span class="unseen">Organization</span>
        <select @change=${event => go(changed({org: event.target.value}))}>
          ${organizations.value.data.map(each => html`<option value=${each.id} ?selected=${each.id === context.org}>
            ${each.name ?? each.id}
          </option>`)}
        </select>
      </label>`
    : html`<span class="soft">${organizations.value?.data[0]?.name ?? organizations.value?.data[0]?.id ?? ''}</span>`}
  <span class="spring"></span>
  ${freshness(context)}
  <label>
    <span class="unseen">Theme</span>
    <select id="theme" @change=${event => theme(event.target.value)}>
      ${['system', 'light', 'dark'].map(each => html`<option value=${each} ?selected=${each === chosenTheme()}>
        ${each[0].toUpperCase() + each.slice(1)}
      </option>`)}
    </select>
  </label>
</header>`;

/** How old the oldest of what the numbers stand on is. */
function freshness({polls, now}) {
  const read = polls.value?.freshness ?? [];
  if (read.length === 0) {
    return nothing;
  }
  const of = costs => read.filter(each => (each.endpoint === 'costs') === costs);
  const oldest = some => some.map(each => each.last_success).filter(Boolean).sort()[0];
  const told = [['Costs', of(true)], ['Usage', of(false)]]
    .filter(([, some]) => some.length)
    .map(([name, some]) => name + ' ' + ago(oldest(some), now));
  const stale = read.some(each => each.stale);
  return html`<a class="pill ${stale ? 'stale' : ''}" href=${link('settings')}>
    ${stale ? '◌ Stale: ' : ''}${told.join(' · ')}
  </a>`;
}

const menu = place => html`<nav aria-label="Views">
  <ul>
    ${Object.entries(VIEWS).map(([id, view]) => html`<li>
      <a href=${link(id)} aria-current=${id === place.page ? 'page' : nothing}>${view.name}</a>
    </li>`)}
  </ul>
</nav>`;

/** What one has to know before one believes any number below. */
function banners({polls, now}, simulated) {
  const read = polls.value?.freshness ?? [];
  const stale = read.filter(each => each.stale);
  const failed = read.filter(each => each.failure || each.state === 'partial');
  return html`
    ${simulated
      ? html`<div class="banner simulated">
          <b>Simulated data.</b> No provider is connected; nothing here is real.
          <details>
            <summary>Connect one</summary>
            <ol>
              <li>Make an admin key in the provider's organization settings, allowed to read usage and
                the organization.</li>
              <li>Start Tallyman with it: <code>OPENAI_ADMIN_KEY=sk-admin-… ./tallyman</code></li>
              <li>Watch the last 90 days come in, newest first, under <a href=${link('settings')}>Settings</a>.</li>
            </ol>
          </details>
        </div>`
      : nothing}
    ${polls.error && polls.error.status !== 401
      ? html`<p class="banner failed" role="alert">
          <b>Not refreshed.</b> ${polls.error.message}
          ${polls.at ? html`What is shown is as of ${time(new Date(polls.at))}.` : nothing}
        </p>`
      : nothing}
    ${stale.some(each => each.last_success)
      ? html`<p class="banner stale" role="alert">
          <b>Stale.</b> ${stale.length > 2 ? stale.length + ' of ' + read.length + ' endpoints' : stale.map(each => each.endpoint).join(' and ')}
          last answered ${ago(stale.map(each => each.last_success).filter(Boolean).sort()[0], now)}.
          ${stale.find(each => each.message)?.message ?? ''} Older figures stay below.
        </p>`
      : failed.length && read.some(each => each.last_success)
        ? html`<p class="banner partial">
            <b>Partial.</b> ${read.length - failed.length} of ${read.length} endpoints answered:
            ${failed[0].endpoint}: ${failed[0].message ?? failed[0].failure}
          </p>`
        : nothing}`;
}

function controls({place, range}) {
  if (!RANGED.includes(place.page)) {
    return nothing;
  }
  const choose = event => {
    const name = event.target.value;
    go(name === 'custom'
      ? changed({range: null, from: iso(range.from), to: iso(range.to - DAY)})
      : changed({range: name, from: null, to: null}));
  };
  const custom = (name, event) => event.target.value && go(changed({range: null,
    from: iso(range.from), to: iso(range.to - DAY), [name]: event.target.value}));
  return html`<div class="controls">
    <button type="button" aria-label="One period back" @click=${() => go(changed(stepped(range, -1)))}>‹</button>
    <label>
      <span class="unseen">Range</span>
      <select id="range" @change=${choose}>
        ${Object.entries(RANGES).map(([id, name]) => html`<option value=${id} ?selected=${id === range.name}>
          ${name}
        </option>`)}
      </select>
    </label>
    <button type="button" aria-label="One period on" @click=${() => go(changed(stepped(range, 1)))}>›</button>
    ${range.name === 'custom'
      ? html`<label>from <input type="date" .value=${iso(range.from)} @change=${event => custom('from', event)}></label>
          <label>to <input type="date" .value=${iso(range.to - DAY)} @change=${event => custom('to', event)}></label>`
      : html`<span class="soft">${iso(range.from)} to ${iso(range.to - 1)}</span>`}
    ${place.filters.map(([by, value]) => html`<span class="chip">
      ${by}: ${value || 'none'}
      <a href=${changed({filter: place.params.getAll('filter').filter(each => each !== by + ':' + value)})}
        aria-label="Take away the filter ${by} ${value}">✕</a>
    </span>`)}
    <span class="spring"></span>
    <span class="chip" title="Bills are by days of UTC, and are never cut into others.">Days are UTC</span>
  </div>`;
}

/** Asks for a token where one is needed; the server makes a cookie of it. */
const door = error => html`<section class="panel door">
  <h1>A token is needed</h1>
  <p>This server answers to those who have a token. <code>tallyman token new --role viewer</code> makes one.</p>
  <form @submit=${enter}>
    <label>Token <input type="password" name="token" autocomplete="current-password" required placeholder="tly_…"></label>
    <button class="main">Open</button>
  </form>
  <p class="soft">${error.message}</p>
</section>`;

async function enter(event) {
  event.preventDefault();
  try {
    await send('POST', '/api/v1/session', {token: new FormData(event.target).get('token').trim()});
    forget();
    draw();
  } catch (failure) {
    say(failure.message, true);
  }
}

const chosenTheme = () => localStorage.getItem('theme') ?? 'system';

function theme(name) {
  if (name === 'system') {
    localStorage.removeItem('theme');
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem('theme', name);
    document.documentElement.dataset.theme = name;
  }
  dispatchEvent(new Event('themechange'));
}

/** Links of this page change the view without loading the page again. */
document.addEventListener('click', event => {
  const anchor = event.target.closest?.('a[href^="/dashboard"]');
  if (anchor && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    const before = here().page;
    go(anchor.getAttribute('href'));
    if (here().page !== before) {
      scrollTo(0, 0);
      document.getElementById('main').focus({preventScroll: true});
    }
  }
});

addEventListener('popstate', draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => dispatchEvent(new Event('themechange')));
document.addEventListener('visibilitychange', () => document.hidden || refresh());
setInterval(() => document.hidden || refresh(), EVERY);
theme(chosenTheme());
onAnswer(draw);
draw();
