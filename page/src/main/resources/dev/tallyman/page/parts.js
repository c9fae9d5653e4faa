// What several views are made of.

import {html, nothing} from './lit-html.js';
import {path, refresh, send} from './api.js';
import {UNKNOWN, ago, local, time} from './format.js';
import {link} from './place.js';

/** A panel, which fails alone: what was known stays, dimmed, under the reason. */
export function panel(title, entries, body, more = {}) {
  const all = [entries].flat().filter(Boolean);
  const failed = all.find(entry => entry.error);
  const ready = all.every(entry => entry.value);
  const id = 'panel-' + title.toLowerCase().replace(/[^a-z]+/g, '-');
  return html`<section class="panel ${more.wide ? 'wide' : ''}" aria-labelledby=${id}>
    <header>
      <h2 id=${id}>${title}</h2>
      ${more.actions ?? nothing}
    </header>
    ${failed ? reason(failed.error) : nothing}
    ${ready
      ? html`<div class=${failed ? 'dimmed' : ''}>${body(...all.map(entry => entry.value))}</div>`
      : failed
        ? nothing
        : html`<div class="skeleton ${more.size ?? ''}" aria-busy="true">
            <span class="unseen">Loading</span>
          </div>`}
  </section>`;
}

export const reason = error =>
  html`<p class="error" role="alert">
    <b>${error.status === 401 || error.status === 403 ? 'Not allowed.' : 'No answer.'}</b>
    ${error.message}
  </p>`;

export const empty = (why, next = nothing) => html`<p class="empty">${why} ${next}</p>`;

/** One figure: its name, its value, and what is to be known of it. */
export function tile(name, entry, view) {
  const shown = entry?.value ? view(entry.value) : null;
  const failed = entry?.error && !entry.value;
  return html`<div class="tile ${entry?.error && entry.value ? 'dimmed' : ''}">
    <div class="name">${name}</div>
    <div class="figure" title=${shown?.exact ?? ''}>
      ${shown ? shown.figure : failed ? UNKNOWN : html`<span class="skeleton line"></span>`}
    </div>
    <div class="note">${shown ? shown.note : failed ? entry.error.message : html`&nbsp;`}</div>
  </div>`;
}

/** Where a number comes from. */
export const source = text =>
  !text
    ? nothing
    : html`<span class="mark" title=${SOURCES[text] ?? ''}>${text.replace('+', ' + ')}</span>`;

const SOURCES = {
  billed: 'What the Costs API charges, by UTC day.',
  estimated: 'Usage times price: the bill of these days is not complete.',
  'billed+estimated': 'Billed where the bill is complete, estimated after that.',
  reported: 'Counted by the provider.',
};

/** When something was, in UTC, and in a tooltip here. */
export const when = (instant, now) =>
  html`<time datetime=${instant ?? ''} title=${local(instant)}>
    ${now ? ago(instant, now) : time(instant)}
  </time>`;

const ICONS = {
  ok: '●', warning: '▲', exceeded: '■', recovered: '✓', stale: '◌', critical: '■', error: '▲',
  info: '●', sent: '✓', pending: '…', dead: '✕', disabled: '–', unknown: '?',
};

/** A state, by word and sign, never by colour alone. */
export const state = (word, text = word) =>
  html`<span class="state ${word}"><span aria-hidden="true">${ICONS[word] ?? '●'}</span> ${text}</span>`;

/** A model with its service tier, if that is not the usual one. */
export const named = (name, tier) => html`<b>${name}</b>${tier ? ' (tier ' + tier + ')' : nothing}`;

/** What has no price, in which tier, why, and what to do; further ones than `most` are in the settings. */
export const unpriced = (lacks, most = lacks.length) => lacks.length === 0 ? nothing : html`<div class="lacks">
  ${state('warning', 'Not priced, so not counted')}
  <ul>${lacks.slice(0, most).map(each => html`<li>${named(each.name, each.tier)}: ${each.why}.</li>`)}</ul>
  ${lacks.length > most ? html`And <a href=${link('settings')}>${lacks.length - most} more</a>.` : nothing}
  Set a price under <code>prices</code> in the settings.
</div>`;

/** A bar of how much is used; the number beside it says what the bar cannot. */
export function used(percentage, word) {
  if (percentage === null || percentage === undefined) {
    return nothing;
  }
  const share = Math.max(0, Math.min(100, Number(percentage) || 0));
  return html`<span class="meter ${word}" role="img" aria-label="${percentage} percent used">
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rest" width="100" height="8"></rect>
      <rect class="full" width=${share} height="8"></rect>
    </svg>
  </span>`;
}

/**
 * A table that scrolls by itself where it does not fit.
 *
 * @param heads texts; those that begin with `#` stand above numbers
 */
export const table = (caption, heads, rows) =>
  html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>
          ${heads.map(head => html`<th scope="col" class=${head.startsWith('#') ? 'number' : ''}>
            ${head.replace('#', '')}
          </th>`)}
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;

/** A button that works until it is done, and says what came of it. */
export function action(name, work, options = {}) {
  const run = async event => {
    const button = event.currentTarget;
    if (options.ask && !confirm(options.ask)) {
      return;
    }
    button.disabled = true;
    try {
      say((await work()) ?? 'Done.');
    } catch (failure) {
      say(failure.message ?? String(failure), true);
    }
    button.disabled = false;
    options.then?.();
  };
  return html`<button type="button" class=${options.class ?? ''} @click=${run}>${name}</button>`;
}

/** Reads the provider and looks at budgets now rather than with the next cycle. */
export const pollNow = org => action('Poll now', async () => {
  const told = await send('POST', path('/api/poll', {org}));
  return 'Polled; ' + told.alerts_triggered + ' alerts.';
}, {then: refresh});

/** Tells people what was done, also those who listen. */
export function say(text, failed = false) {
  const place = document.getElementById('said');
  place.textContent = text;
  place.className = failed ? 'failed' : '';
  place.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (place.hidden = true), failed ? 10000 : 5000);
}

/** What an answer says, as a file. */
export const csv = address =>
  html`<a class="button" href=${address + (address.includes('?') ? '&' : '?') + 'format=csv'} download>CSV</a>`;

/** Puts a text where one can paste it from. */
export async function copy(text) {
  await navigator.clipboard.writeText(text);
  return 'Copied: ' + text;
}
