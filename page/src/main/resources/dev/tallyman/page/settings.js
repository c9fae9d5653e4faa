// Is it working: how fresh each endpoint is, how the polls went, and what holds.

import {html} from './lit-html.js';
import {answer, forget, path, send} from './api.js';
import {date, money} from './format.js';
import {link} from './place.js';
import {action, empty, panel, pollNow, state, table, when} from './parts.js';

export function view(context) {
  const {now, org, draw} = context;
  const polls = answer(path('/api/v1/polls', {org, limit: 20}));
  const settings = answer('/api/v1/settings');
  const models = answer(path('/api/v1/models', {org, limit: 500}));
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
      : table('Prices of a million tokens; ' + age(value.data), ['Model', 'Pool', 'Price', '#Input', '#Cached', '#Output', 'As of'],
          value.data.map(each => html`<tr>
            <th scope="row">${each.model}</th><td>${each.group ?? ''}</td>
            <td>${each.priced ? state('ok') : html`${state('warning')} not priced`}</td>
            <td class="number">${money(each.price?.usd.input)}</td>
            <td class="number">${money(each.price?.usd.cached_input)}</td>
            <td class="number">${money(each.price?.usd.output)}</td>
            <td title=${each.price?.source ?? ''}>${each.price?.as_of ?? '—'}</td>
          </tr>`)), {wide: true})}
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

/** How old the prices are that are used. */
function age(models) {
  const dates = models.map(each => each.price?.as_of).filter(Boolean).sort();
  return dates.length === 0 ? 'none is known' : 'the oldest is of ' + date(dates[0]) + ', the newest of ' + date(dates.at(-1));
}
