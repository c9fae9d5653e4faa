// What people were told, over which channels, what became of it, and what can be done now.

import {html, nothing} from './lit-html.js';
import {answer, path, refresh, send} from './api.js';
import {time} from './format.js';
import {DAY, changed, go, instant, link} from './place.js';
import {action, csv, empty, panel, state, table, when} from './parts.js';
import {incident} from './overview.js';

export function view(context) {
  return context.place.item ? one(context) : all(context);
}

function all(context) {
  const {place, now, org} = context;
  const open = place.get('open') === '1' ? 'true' : null;
  const severity = place.get('severity');
  const fired = path('/api/v1/alerts', {org, open, severity, limit: 100, days: 90});
  const alerts = answer(fired);
  const delivered = path('/api/v1/deliveries', {org, limit: 50, days: 30});
  const deliveries = answer(delivered);
  const channels = answer(path('/api/v1/channels', {org, limit: 200}));
  return html`<h1>Alerts</h1>
    <form class="controls" @submit=${event => event.preventDefault()}>
      <label><input type="checkbox" .checked=${open === 'true'}
        @change=${event => go(changed({open: event.target.checked ? '1' : null}))}> only what is open</label>
      <label>Severity
        <select @change=${event => go(changed({severity: event.target.value || null}))}>
          ${[['', 'all'], ['critical', 'critical'], ['error', 'error'], ['warning', 'warning'], ['info', 'info']].map(([id, text]) =>
            html`<option value=${id} ?selected=${id === (severity ?? '')}>${text}</option>`)}
        </select></label>
    </form>
    ${panel('What fired', alerts, value => value.data.length === 0
      ? empty('Nothing was told in the last 90 days.', html`<a href=${link('budgets', 'new')}>Set a budget</a> to be told.`)
      : table('The newest first', ['When', 'Severity', 'Alert', 'Open', 'Told'], value.data.map(each => html`<tr>
          <td>${when(each.at, now)}</td>
          <td>${state(each.severity)}</td>
          <th scope="row"><a href=${link('alerts', each.id)}>${each.headline}</a></th>
          <td>${each.open ? 'open' : ''}</td>
          <td>${each.deliveries.length ? each.deliveries.map(one => html`${one.channel} ${state(one.status)} `) : 'nobody'}</td>
        </tr>`)), {wide: true, actions: csv(fired)})}
    ${panel('Channels', channels, value => value.data.length === 0
      ? empty('Nobody is told anything yet.', html`Start again with
          <code>ALERT_WEBHOOK_URL=https://hooks.slack.com/services/… ./tallyman</code>, or name channels in the settings.
          For trying out, with whatever answers a POST on this machine:
          <code>TALLYMAN_ALLOW_LOCAL_WEBHOOKS=true ALERT_WEBHOOK_URL=http://127.0.0.1:9000/ ./tallyman</code>`)
      : table('Where people are told', ['Channel', 'Kind', 'Is told of', 'State', ''], value.data.map(each => html`<tr>
          <th scope="row">${each.name}</th><td>${each.kind}</td>
          <td>${[each.usual ? 'budgets' : '', each.conditions ? 'conditions' : ''].filter(Boolean).join(', ') || 'what names it'}</td>
          <td>${each.disabled ? html`${state('disabled')} ${each.disabled}` : state('ok')}</td>
          <td>${action('Send a test', async () => {
            const told = await send('POST', path('/api/v1/channels/' + encodeURIComponent(each.name) + '/test', {org}));
            if (!told.sent) {
              throw {message: each.name + ' did not take the test: ' + told.detail};
            }
            return each.name + ' took the test.';
          }, {then: refresh})}</td>
        </tr>`)), {wide: true})}
    ${panel('Deliveries', deliveries, value => value.data.length === 0
      ? empty('Nothing was to be delivered in the last 30 days.')
      : made(value.data, context), {wide: true, actions: csv(delivered)})}`;
}

const made = (deliveries, {org}) => table('The newest first', ['Alert', 'Channel', 'Status', '#Attempts', 'Last outcome', ''],
  deliveries.map(each => html`<tr>
    <th scope="row"><a href=${link('alerts', each.alert)}>${each.alert.slice(3, 18)}</a></th>
    <td>${each.channel}</td>
    <td>${state(each.status)}${each.next_attempt ? html` <span class="soft">next ${time(each.next_attempt)}</span>` : nothing}</td>
    <td class="number">${each.attempts.length}</td>
    <td>${each.attempts.at(-1)?.outcome ?? ''}</td>
    <td>${action('Redeliver', async () => {
      await send('POST', path('/api/v1/deliveries/' + [each.alert, each.channel].map(encodeURIComponent).join('/') + '/redeliver', {org}));
      return 'It is delivered again.';
    }, {then: refresh})}</td>
  </tr>`));

function one(context) {
  const {place, now, org} = context;
  const found = answer(path('/api/v1/alerts/' + encodeURIComponent(place.item), {org}));
  const alert = found.value;
  const mute = until => send('POST', path('/api/v1/alerts/' + encodeURIComponent(place.item) + '/mute', {org}), {until: instant(until)});
  return html`<h1>Alert</h1>
    ${panel('What was told', found, () => html`
      <p class="headline">${state(alert.severity)} ${alert.simulated ? 'SIMULATED · ' : ''}${alert.headline}</p>
      <p class="soft">${when(alert.at)} (${when(alert.at, now)}) · ${alert.open ? 'still open' : 'not open any more'} · ${alert.id}</p>
      <dl>${alert.facts.map(each => html`<dt>${each.label}</dt><dd>${each.text}</dd>`)}</dl>
      ${alert.drivers.length
        ? html`<h3>What drives it</h3><ul class="list">${alert.drivers.map(each => html`<li>${each.label}: <b>${each.text}</b></li>`)}</ul>`
        : nothing}
      <p class="actions">
        ${alert.data.budget ? html`<a class="button" href=${link('budgets', alert.data.budget)}>The budget</a>` : nothing}
        ${alert.data.start
          ? html`<a class="button" href=${link('explore', null, incident(alert))}>Look into it</a>`
          : nothing}
        ${action('Mute for 24 hours', async () => {
          await mute(Date.now() + DAY);
          return 'Nobody is told of it for a day.';
        }, {then: refresh})}
        ${action('Unmute', async () => {
          await mute(Date.now());
          return 'People are told again.';
        }, {then: refresh})}
      </p>`, {wide: true})}
    ${panel('Deliveries of it', found, () => alert.deliveries.length === 0
      ? empty('It was told to nobody: no channel is set up for it.')
      : made(alert.deliveries, context), {wide: true})}`;
}
