// Who is going to hit a wall, when, and what is to be done about it.

import {html, nothing} from './lit-html.js';
import {answer, path, refresh, send} from './api.js';
import {amount, date, day, percent, time} from './format.js';
import {DAY, STEP, go, instant, link} from './place.js';
import {action, csv, empty, panel, pollNow, source, state, table, used, when} from './parts.js';
import {pace} from './overview.js';
import {plot} from './plot.js';

export function view(context) {
  const {place, org} = context;
  const address = path('/api/v1/budgets', {org, limit: 1000});
  const budgets = answer(address);
  if (place.item === 'new') {
    return html`<h1>New budget</h1>${panel('What it limits', budgets, () => form(null, context))}`;
  }
  if (place.item) {
    return detail(budgets, context);
  }
  return html`<h1>Budgets</h1>
    ${panel('All budgets', budgets, value => list(value, context), {
      wide: true,
      actions: html`<span class="actions">${csv(address)}
        <a class="button main" href=${link('budgets', 'new')}>New budget</a></span>`,
    })}`;
}

const list = (value, {now}) =>
  value.data.length === 0
    ? empty('There are no budgets.', html`<a href=${link('budgets', 'new')}>Set the first one</a>.`)
    : table('By what is used of them now', ['Budget', 'State', '#Used', '#Limit', '#Share', '', 'Pace', 'Window'],
        value.data.map(each => html`<tr>
          <th scope="row"><a href=${link('budgets', each.id)}>${each.name}</a></th>
          <td>${state(each.state.state)}${each.state.muted_until ? html` <span class="soft">muted</span>` : nothing}
            ${each.state.other_currencies.length ? html`<br><span class="soft">${each.state.note}</span>` : nothing}</td>
          <td class="number" title=${each.state.used ?? ''}>${amount(each.state.used, each.unit, each.state.currency)}</td>
          <td class="number">${amount(each.limit, each.unit, each.state.currency)}</td>
          <td class="number">${percent(each.state.percentage)}</td>
          <td>${used(each.state.percentage, each.state.state)}</td>
          <td class="pace">${pace(each.state, now)}</td>
          <td>${each.window}, ${each.zone}</td>
        </tr>`));

function detail(budgets, context) {
  const {place, now, org} = context;
  const budget = budgets.value?.data.find(each => each.id === place.item);
  if (budgets.value && !budget) {
    return html`<h1>Budget</h1>${empty('There is no budget of this name.', html`<a href=${link('budgets')}>All budgets</a>`)}`;
  }
  const at = budget?.state;
  const short = budget && budget.window === 'hour';
  const grain = !budget || short ? null : budget.window === 'day' ? 'hour' : 'day';
  const spent = grain && budget.metric !== 'billed'
    ? answer(path('/api/v1/query', {
        metric: grain === 'hour' && budget.metric === 'cost' ? 'estimated' : budget.metric, org,
        filter: Object.entries(budget.scope).flatMap(([by, values]) => values.map(value => by + ':' + value)),
        since: instant(Date.parse(at.window_start)), until: instant(Date.parse(at.window_end)), granularity: grain,
        zone: budget.metric === 'cost' ? null : budget.zone, currency: budget.currency,
      }))
    : null;
  const log = answer(path('/api/v1/alerts', {org, subject: place.item, limit: 20, days: 90}));
  const reload = () => refresh();
  return html`<h1>${budget?.name ?? 'Budget'}</h1>
    ${panel('State', budgets, () => html`
      <p class="headline">${state(at.state)} <b>${percent(at.percentage)}</b> of ${amount(budget.limit, budget.unit, at.currency)} used:
        <b title=${at.used ?? ''}>${amount(at.used, budget.unit, at.currency)}</b> ${used(at.percentage, at.state)}</p>
      <p>${pace(at, now)}. ${at.forecast
        ? html`Expected at the end: ${amount(at.forecast.expected, budget.unit, at.currency)}
            (${amount(at.forecast.low, budget.unit, at.currency)}–${amount(at.forecast.high, budget.unit, at.currency)} in 8 of 10 windows).`
        : 'Too little is known for a forecast.'}</p>
      <p class="soft">${source(at.source)} as of ${when(at.as_of, now)} · window ${date(at.window_start)}
        to ${date(Date.parse(at.window_end) - 1)}, ${budget.zone} · next one begins ${time(at.window_end)}
        ${at.muted_until ? html` · muted until ${time(at.muted_until)}` : nothing}
        ${at.note ? html` · ${at.note}` : nothing}
        ${at.unpriced ? html` · some of it has no price and is missing: <a href=${link('settings')}>why</a>` : nothing}
        ${budget.owner ? html` · owner ${budget.owner}` : nothing}
        ${budget.runbook ? html` · <a href=${budget.runbook} rel="noreferrer">runbook</a>` : nothing}</p>
      <p>Nothing is stopped at 100 %; people are told at ${budget.thresholds.join(', ')}.
        ${!at.told_at && (at.state === 'warning' || at.state === 'exceeded')
          ? html`The next poll tells them. ${pollNow(org)}` : nothing}</p>
      <p class="actions">
        ${action(at.muted_until ? 'Unmute' : 'Mute for 24 hours', async () => {
          const until = at.muted_until ? new Date() : new Date(Date.now() + DAY);
          await send('POST', path('/api/v1/budgets/' + encodeURIComponent(budget.id) + '/mute', {org}), {until: instant(until)});
          return at.muted_until ? 'People are told again.' : 'Nobody is told of it for a day.';
        }, {then: reload})}
      </p>`)}
    ${spent ? panel('Course', [spent, budgets], value => course(value, budget, context, grain), {wide: true, size: 'tall'}) : nothing}
    ${budget && !budget.pool ? panel('Change it', budgets, () => form(budget, context)) : nothing}
    ${panel('What people were told', log, value => value.data.length === 0
      ? empty('Nothing in the last 90 days.')
      : html`<ul class="list">${value.data.map(each => html`<li>${state(each.severity)}
          <a href=${link('alerts', each.id)}>${each.headline}</a> <span class="soft">${when(each.at)}</span></li>`)}</ul>`)}`;
}

/** Actual against even pace, forecast band and limit. */
function course(value, budget, {now}, grain) {
  if (budget.state.used === null) {
    return empty(budget.state.note ?? 'It is not known so far.');
  }
  const starts = value.buckets.map(each => Date.parse(each));
  const step = STEP[grain];
  const soFar = starts.findIndex(each => each <= now && now < each + step);
  const reached = soFar < 0 ? starts.length - 1 : soFar;
  const limit = Number(budget.limit);
  let sum = 0;
  const actual = value.total.values.map((each, i) => (i > reached ? null : (sum += Number(each ?? 0))));
  const even = starts.map((_, i) => (limit * (i + 1)) / starts.length);
  const series = [
    {name: 'Used', values: actual, line: true, colour: '--accent'},
    {name: 'Even pace', values: even, line: true, dash: [2, 4], colour: '--soft'},
    {name: 'Limit', values: starts.map(() => limit), line: true, dash: [8, 4], colour: '--bad'},
  ];
  const expected = budget.state.forecast;
  if (expected && reached < starts.length - 1) {
    const towards = end => starts.map((_, i) =>
      i < reached ? null : sum + ((Number(end) - sum) * (i - reached)) / (starts.length - 1 - reached));
    series.push(
      {name: 'Expected', values: towards(expected.expected), line: true, dash: [5, 3], colour: '--accent'},
      {name: '~low', values: towards(expected.low), line: true, fill: false, colour: '--accent'},
      {name: '~high', values: towards(expected.high), line: true, fill: '-1', colour: '--accent'});
  }
  return html`${plot({
      title: 'Used of ' + budget.name, unit: budget.unit, currency: budget.state.currency, series, soFar: reached,
      labels: starts.map(each => (grain === 'hour' ? time(each).slice(-9, -4) : day(each))),
    })}
    <p class="soft">The band holds the end of 8 of 10 such windows.${value.query.metric !== budget.metric
      ? ' By the hour it is estimated: bills are known by days.' : ''}</p>`;
}

const WINDOWS = ['hour', 'day', 'week', 'month', 'quarter'];
const METRICS = {cost: 'cost', billed: 'billed cost', estimated: 'estimated cost', tokens: 'tokens', requests: 'requests'};
const SCOPES = ['project', 'key', 'user', 'model', 'group'];

function form(budget, context) {
  const scope = Object.entries(budget?.scope ?? {})[0];
  return html`<form class="fields" @submit=${event => save(event, budget, context)}>
    ${budget ? nothing : html`<label>Id <input name="id" required pattern="[a-z0-9][\\-a-z0-9]*" placeholder="team-a"
      title="small letters, digits and hyphens"></label>`}
    <label>Name <input name="name" .value=${budget?.name ?? ''} required></label>
    <label>Limit <input name="limit" inputmode="decimal" .value=${budget?.limit ?? ''} required></label>
    <label>Currency <input name="currency" pattern="[A-Za-z]{3}" .value=${budget?.currency ?? ''} placeholder="usd, of all money"></label>
    <label>of <select name="metric">${Object.entries(METRICS).map(([id, text]) =>
      html`<option value=${id} ?selected=${id === (budget?.metric ?? 'cost')}>${text}</option>`)}</select></label>
    <label>in each <select name="window">${WINDOWS.map(each =>
      html`<option ?selected=${each === (budget?.window ?? 'month')}>${each}</option>`)}</select></label>
    <label>Zone <input name="zone" .value=${budget?.zone ?? 'UTC'}></label>
    <label>Only of <select name="by">
      <option value="">everything</option>
      ${SCOPES.map(each => html`<option value=${each} ?selected=${each === scope?.[0]}>${each}</option>`)}
    </select></label>
    <label>which is <input name="value" .value=${scope?.[1].join(', ') ?? ''} placeholder="its id; several with commas"></label>
    <label>Tell at <input name="thresholds" .value=${budget?.thresholds.join(', ') ?? '80%, 90%, 100%'}></label>
    <label>Channels <input name="channels" .value=${budget?.channels.join(', ') ?? ''} placeholder="those of all alerts"></label>
    <label>Owner <input name="owner" .value=${budget?.owner ?? ''}></label>
    <label>Runbook <input name="runbook" type="url" .value=${budget?.runbook ?? ''}></label>
    <p class="actions">
      <button class="main">${budget ? 'Save' : 'Set this budget'}</button>
      ${budget ? action('Delete', async () => {
        await send('DELETE', '/api/v1/budgets/' + encodeURIComponent(budget.id));
        refresh();
        go(link('budgets'));
        return 'Deleted.';
      }, {class: 'danger', ask: 'Delete the budget ' + budget.name + '?'}) : nothing}
    </p>
    <p class="error" role="alert" hidden></p>
  </form>`;
}

const words = text => text.split(',').map(each => each.trim()).filter(Boolean);

async function save(event, budget, {org}) {
  event.preventDefault();
  const fields = event.target;
  const data = Object.fromEntries(new FormData(fields));
  const body = {
    name: data.name, metric: data.metric, limit: data.limit.replace(/[$,\s]/g, ''), window: data.window,
    thresholds: words(data.thresholds), channels: words(data.channels),
    ...(data.zone && data.zone !== 'UTC' ? {zone: data.zone} : {}),
    ...(data.by && data.value ? {scope: {[data.by]: words(data.value)}} : {}),
    ...(data.currency ? {currency: data.currency} : {}),
    ...(data.owner ? {owner: data.owner} : {}), ...(data.runbook ? {runbook: data.runbook} : {}),
  };
  const told = fields.querySelector('.error');
  try {
    const id = budget?.id ?? data.id;
    await send('PUT', '/api/v1/budgets/' + encodeURIComponent(id), body);
    told.hidden = true;
    refresh();
    go(link('budgets', id));
  } catch (failure) {
    told.textContent = failure.message;
    told.hidden = false;
  }
}
