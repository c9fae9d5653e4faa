// Is it working: how fresh each endpoint is, how the polls went, and what holds.

import {html, nothing} from './lit-html.js';
import {answer, forget, path, send} from './api.js';
import {date} from './format.js';
import {link} from './place.js';
import {action, empty, named, panel, pollNow, state, table, unpriced, when} from './parts.js';

export function view(context) {
  const {now, org, draw} = context;
  const polls = answer(path('/api/v1/polls', {org, limit: 20}));
  const settings = answer('/api/v1/settings');
  const models = answer(path('/api/v1/models', {org, limit: 500}));
  const rates = answer(path('/api/v1/rates', {org, limit: 500}));
  const keys = answer(path('/api/v1/keys', {org, limit: 200}));
  const audit = answer(path('/api/v1/audit', {limit: 20}));
  return html`<h1>Settings and health</h1>
    ${panel('Freshness', polls, value => table('Of each endpoint of the provider',
      ['Endpoint', 'State', 'Last answer', 'Read until', 'Complete since', 'What went wrong'],
      value.freshness.map(each => html`<tr>
        <th scope="row">${each.endpoint}</th>
        <td>${state(each.stale ? 'stale' : each.failure || each.state === 'partial' ? 'warning' : 'ok')}</td>
        <td>${when(each.last_success, now)}</td>
        <td>${when(each.read_until)}</td>
        <td class="whole">${each.complete_since ? date(each.complete_since) : '—'}</td>
        <td>${each.message ?? each.failure ?? ''}</td>
      </tr>`)), {
        wide: true,
        actions: pollNow(org),
      })}
    ${panel('Polls', polls, value => table('The newest first', ['When', 'Why', '#Took', '#Changed', '#Restated', 'Outcome'],
      value.data.map(each => {
        const ends = Object.values(each.endpoints);
        const sum = name => ends.reduce((all, end) => all + end[name], 0);
        return html`<tr>
          <th scope="row">${when(each.at)}</th><td>${each.trigger}</td>
          <td class="number">${(each.took_ms / 1000).toFixed(1)} s</td>
          <td class="number">${sum('changed')}</td><td class="number">${sum('restated')}</td>
          <td>${each.complete ? state('ok') : html`${state('warning')} ${ends.find(end => end.message)?.message ?? 'partial'}`}</td>
        </tr>`;
      })), {wide: true})}
    ${panel('Models and prices', models, value => value.data.length === 0
      ? empty('No model was used yet.')
      : html`${unpriced(inTiers(value.data).filter(each => !each.priced))}
        ${table('List prices, or yours, in USD of a million tokens; ' + age(value.data),
          ['Model and tier', 'Pool', 'Price', '#Input', '#Cached', '#Output', 'As of'], inTiers(value.data).map(each => html`<tr>
            ${head(each.name, each.tier)}<td>${each.group ?? ''}</td>
            <td>${each.priced ? state('ok') : state('warning', 'not priced')}</td>
            ${['input', 'cached_input', 'output'].map(meter => html`<td class="number">${each.price?.usd[meter] ?? '—'}</td>`)}
            <td class="whole" title=${each.price?.source ?? ''}>${each.price?.as_of ?? '—'}</td>
          </tr>`))}`, {wide: true})}
    ${panel('Rates of bills', rates, value => value.data.length === 0
      ? empty('No bill has named a quantity yet.')
      : html`${unbelieved(value.data.filter(each => each.reason !== 'believed'))}
        ${table('The newest bill beside the list price, in USD of a million tokens, a minute, a thousand calls',
          ['Model and tier', 'Meter', 'Bill of', '#Billed', '#List', '#Yours', '#Used'], value.data.map(each => html`<tr>
            ${head(each.model, each.tier)}<td>${each.meter}</td><td class="whole">${each.day}</td>
            ${[each.billed, each.list, each.set, each.used].map(rate => html`<td class="number">${rate ?? '—'}</td>`)}
          </tr>`))}`, {wide: true})}
    ${panel('API keys of the organization', keys, value => value.data.length === 0
      ? empty('Their names were not read yet.')
      : table('Masked by the provider', ['Name', 'Key', 'Project', 'Since'], value.data.map(each => html`<tr>
          <th scope="row">${each.name ?? each.id}</th><td>${each.masked ?? ''}</td><td>${each.project_name ?? each.project ?? ''}</td>
          <td>${each.created_at ? date(each.created_at) : ''}</td></tr>`)), {wide: true})}
    ${panel('Configuration as applied', settings, value => html`<pre tabindex="0" aria-label="Settings as JSON">${JSON.stringify(value, null, 2)}</pre>
      <p class="soft">Change it with <code>tallyman apply -f tallyman.yaml</code>; budgets also here.</p>`)}
    ${panel('Who changed what', audit, value => value.data.length === 0
      ? empty('Nothing was changed yet.')
      : table('The newest first', ['When', 'Who', 'What'], value.data.map(each => html`<tr>
          <th scope="row">${when(each.at)}</th><td>${each.who}</td>
          <td>${each.changes.map(one => html`${one.before === null ? 'added' : one.after === null ? 'removed' : 'changed'} ${one.path} `)}</td></tr>`)))}
    ${panel('Access', {value: {}}, () => html`
      <p>Tokens are made with <code>tallyman token new --role viewer</code>; the server knows only their hashes, so none can be shown here.
        Who is told, and tests of it: <a href=${link('alerts')}>Alerts</a>.</p>
      <p>${action('Sign out of this browser', async () => {
      await send('DELETE', '/api/v1/session');
      forget();
      draw();
      return 'Signed out.';
    })}</p>`)}`;
}

/** Each model in each tier in which it was used. */
const inTiers = models => models.flatMap(each =>
  each.tiers.map(tier => ({...tier, name: each.model, group: each.group, why: tier.why_unpriced})));

/** The tier is below the model, so that both are seen on a small screen. */
const head = (model, tier) => html`<th scope="row">${model}${tier ? html`<br><span class="soft">tier ${tier}</span>` : nothing}</th>`;

const unbelieved = rates => rates.length === 0 ? nothing : html`<ul class="lacks">
  ${rates.map(each => html`<li>${named(each.model, each.tier)}, ${each.meter}: ${why(each)}</li>`)}
</ul>`;

/** Why a rate of a bill is not what usage is priced by, and what is. */
function why({reason, used}) {
  if (reason === 'set') {
    return 'your own price is used.';
  }
  const found = reason === 'far' ? 'the bill is far from the list price' : 'the list price changed after this bill';
  return found + (used === null ? ', and there is no other: set a price under prices in the settings.'
    : ', so the list price is used; set a price if that is wrong.');
}

/** How old the prices are that are used. */
function age(models) {
  const dates = inTiers(models).map(each => each.price?.as_of).filter(Boolean).sort();
  return dates.length === 0 ? 'none is known' : 'the oldest is of ' + date(dates[0]) + ', the newest of ' + date(dates.at(-1));
}
