// One look: what did we spend, is it normal, will it last, who drives it, can the number be trusted.

import {html, nothing} from './lit-html.js';
import {after, answer, path} from './api.js';
import {ago, amount, change, day, growth, hour, length, money, numbers, percent, short, signed, time} from './format.js';
import {DAY, STEP, comparable, filtered, go, granularity, instant, iso, link} from './place.js';
import {csv, empty, panel, source, state, table, tile, unpriced, used, when} from './parts.js';
import {OTHER, plot} from './plot.js';

const LEAST = 1;

/** With fewer days than these there is nothing to compare with. */
const FEW = 7;

export function view(context) {
  const {place, now, org, range} = context;
  const filter = place.params.getAll('filter');
  const grain = granularity(range);
  // Bills have no hours: what is shown by the hour is estimated.
  const metric = grain === 'hour' ? 'estimated' : 'cost';
  const question = more => path('/api/v1/query', {
    metric, org, filter, since: instant(range.from), until: instant(range.to), ...more,
  });
  const byModel = question({by: 'model', granularity: grain, top: 6});
  const spend = answer(byModel);
  const today = answer(path('/api/v1/query', {metric: 'cost', org, filter, since: 'today', granularity: 'all'}));
  const then = after(spend);
  const pair = comparable(range, now);
  const compared = pair
    ? [[pair.from, pair.to], [pair.before, pair.end]].map(([since, until]) =>
        then(question({since: instant(since), until: instant(until), granularity: 'all', by: 'model', top: 60,
          metric: pair.hours ? 'estimated' : 'cost'})))
    : [];
  const budgets = then(path('/api/v1/budgets', {org, limit: 200}));
  const month = then(path('/api/v1/forecast', {org, limit: 1}));
  const anomalies = then(path('/api/v1/anomalies', {org, days: Math.max(1, Math.min(400, Math.ceil((now - range.from) / DAY)))}));
  const alerts = then(path('/api/v1/alerts', {org, open: 'true', limit: 20}));
  return html`<h1 class="unseen">Overview</h1>
    ${beginning(context, budgets)}
    <div class="tiles">
      ${tile('Spend', spend, value => total(value, compared, pair, range, now))}
      ${tile('Today (UTC)', today, value => value.total.total === null ? {...NOTHING, note: noted(value, NOTHING.note)} : ({
        figure: value.stale ? '—' : html`<span class="whole">${money(value.total.total)}</span> <small>so far</small>`,
        exact: value.total.total,
        note: html`${source(value.source)} ${value.stale ? html`last known ${money(value.total.total)},` : nothing}
          as of ${when(value.as_of, now)} ${noted(value)}`,
      }))}
      ${tile(filter.length ? 'Forecast of all spend' : 'Forecast', month, value => forecast(value.month))}
      ${tile('Budget left', budgets, value => left(value, now))}
      ${tile('Free tokens today', budgets, value => pools(value, now))}
    </div>
    <div class="panels">
      ${panel(grain === 'hour' ? 'Spend per hour' : grain === 'week' ? 'Spend per week' : 'Spend per day',
        [spend, anomalies], (value, found) => chart(value, found, context, grain), {
          wide: true, size: 'tall', actions: csv(byModel),
        })}
      ${pair
        ? panel('What changed', compared, (after, before) => differences(after, before, place))
        : panel('What changed', [{value: {}}], () => empty('Nothing of this range is over yet.'))}
      ${panel('Budgets by pace', budgets, value => paces(value, now))}
      ${panel('Open alerts', alerts, value => open(value, now))}
      ${panel('Unusual spend', anomalies, value => unusual(value, now))}
    </div>`;
}

/** What an answer says beside its numbers where bills hold money in other currencies. */
const noted = (value, otherwise = nothing) =>
  Object.keys(value.other_currencies).length ? html`<span class="state warning">▲</span> ${value.notes.join(' ')}` : otherwise;

const NOTHING = {figure: '—', note: 'Nothing is known of it yet.'};

/** What is left to do until there is something to look at; shown until a week is known. */
function beginning({polls, now}, budgets) {
  if (!polls.value) {
    return nothing;
  }
  const read = polls.value.freshness;
  const known = read.map(each => each.complete_since).filter(Boolean).sort().at(-1);
  const days = known ? Math.floor((now - Date.parse(known)) / DAY) : 0;
  if (days >= FEW) {
    return nothing;
  }
  const answered = read.some(each => each.last_success);
  const failed = read.find(each => each.message);
  const limited = budgets.value?.data.some(each => !each.pool);
  const step = (done, name, text) => html`<li>${state(done ? 'recovered' : 'pending', done ? 'done' : 'to do')} <b>${name}.</b> ${text}</li>`;
  return html`<section class="panel" aria-labelledby="beginning">
    <header><h2 id="beginning">Three steps to the first answer</h2></header>
    <ol class="list">
      ${step(answered, 'Connect', answered ? 'The provider answers.'
        : failed ? html`<span class="error" role="alert">${failed.message}</span>`
        : 'The first poll has not ended; this page tells when it has.')}
      ${step(days >= FEW, 'Look back', html`${days} of 90 days are read, the newest first.
        If that does not go on: <code>tallyman backfill --from ${iso(now - 90 * DAY)}</code>`)}
      ${step(limited, 'Be told', html`<a href=${link('budgets', 'new')}>Set a budget</a>, and people hear before it is used up.`)}
    </ol>
    <p class="soft">No key at hand? <code>./tallyman</code> without one shows a simulated organization.</p>
  </section>`;
}

function total(value, compared, pair, range, now) {
  if (value.total.total === null) {
    return {...NOTHING, note: noted(value, NOTHING.note)};
  }
  const [after, before] = compared.map(each => each.value && Number(each.value.total.total ?? 0));
  const more = compared.length && after !== null && before !== null && after !== undefined && before !== undefined
    ? growth(after, before, LEAST) : null;
  return {
    figure: value.stale ? '—' : money(value.total.total),
    exact: value.total.total,
    note: html`${source(value.source)}
      ${more === null
        ? nothing
        : html`<span title="${money(String(after))} against ${money(String(before))}: what is over of this range, and as much before">
            ${signed(more)} (${change(after - before, 'money')})</span> vs ${day(pair.before)}–${pair.hours ? hour(pair.end) : day(pair.end - 1)}`}
      ${value.stale ? html`last known ${money(value.total.total)}, ${ago(value.as_of, now)}` : nothing}
      ${noted(value)} ${unpriced(value.why_unpriced, 1)}`,
  };
}

/** The budget whose window is the largest of those on all money. */
const whole = budgets => budgets.data
  .filter(each => each.unit === 'money' && Object.keys(each.scope).length === 0)
  .sort((a, b) => Date.parse(b.state.window_end) - Date.parse(a.state.window_end))[0];

/** How all money of the month is expected to end. */
function forecast({used: spent, window_end: end, forecast: expected, note}) {
  return expected
    ? {
        figure: short(Number(expected.expected), 'money'),
        exact: expected.expected,
        note: html`expected by ${day(Date.parse(end) - 1)}; ${short(Number(expected.low), 'money')}–${short(Number(expected.high), 'money')}
          in 8 of 10 months`,
      }
    : {figure: '—', note: note ?? (spent === null ? NOTHING.note : 'Too little of it, or of the past, is known for a forecast.')};
}

function left(budgets, now) {
  const budget = whole(budgets);
  if (!budget || budget.state.used === null) {
    return {figure: '—', note: budget ? budget.state.note ?? 'Not known yet.' : 'No budget on all spend.'};
  }
  const {remaining, forecast: expected} = budget.state;
  return {
    figure: money(remaining, budget.state.currency),
    exact: remaining,
    note: html`of ${money(budget.limit, budget.state.currency)}${expected?.exhausted
      ? html` · runs out ${day(expected.exhausted)}` : expected ? ' · lasts until reset' : nothing}`,
  };
}

function pools(budgets, now) {
  const all = budgets.data.filter(each => each.pool);
  if (all.length === 0) {
    return {figure: '—', note: 'No pools.'};
  }
  return {
    figure: html`<span class="pools">${all.map(each => html`<span class="pool">
      <span>${each.name.replace(/^Free tokens of /, '')}</span>
      ${used(each.state.percentage, each.state.state)}
      <span title="${amount(each.state.used, 'tokens')} of ${amount(each.limit, 'tokens')}">${percent(each.state.percentage)}</span>
    </span>`)}</span>`,
    note: 'reset in ' + length(Date.parse(all[0].state.window_end) - now),
  };
}

function chart(value, found, context, grain) {
  if (value.buckets.length === 0 || value.total.values.every(each => each === null)) {
    return empty('Nothing is known of this range yet.', html`The last 90 days are read first;
      <a href=${link('settings')}>how far that is</a>.`);
  }
  if (value.series.length === 0) {
    return empty('Nothing of this was spent in this range.');
  }
  const series = value.series.map(each => ({name: each.keys.model ?? 'no model', values: numbers(each.values)}));
  if (value.other) {
    series.push({name: OTHER, values: numbers(value.other.values)});
  }
  const step = STEP[grain];
  const starts = value.buckets.map(each => Date.parse(each));
  const soFar = starts.findIndex(each => each <= context.now && context.now < each + step);
  const marks = found.data
    .map(each => starts.findIndex(start => start <= Date.parse(each.data.start) && Date.parse(each.data.start) < start + step))
    .filter(index => index >= 0);
  return html`${plot({
      title: 'Spend by model', unit: 'money', stacked: true, series, soFar, marks,
      labels: starts.map(each => (grain === 'hour' ? hour(each) : day(each))),
      pick: index => {
        const first = value.buckets[index].slice(0, 10);
        const last = iso(Math.min(starts[index] + step, context.now) - 1);
        go(link('explore', null, {range: null, from: first, to: last, by: 'model'}));
      },
    })}
    <p class="soft">Hatched: so far. What is younger than 48 hours may still change. Click a bar to look into it.
      ${value.parts ? html`Billed ${money(value.parts.billed)}, estimated ${money(value.parts.estimated)}.` : nothing}</p>`;
}

function differences(after, before, place) {
  const rows = new Map();
  const add = (value, index) => value.series.forEach(each => {
    const name = each.keys.model ?? '';
    const row = rows.get(name) ?? [0, 0, []];
    row[index] = Number(each.total ?? 0);
    rows.set(name, row);
  });
  add(after, 0);
  add(before, 1);
  const top = [...rows].map(([name, [now, then]]) => ({name, now, then, more: now - then}))
    .sort((a, b) => Math.abs(b.more) - Math.abs(a.more)).slice(0, 6);
  return top.length === 0
    ? empty(after.total.total === null ? 'Nothing is known of this range yet.' : 'There was no spend in either period.')
    : table('By model, the largest change first', ['Model', '#Spend', '#Change', '#'],
        top.map(each => html`<tr>
          <th scope="row"><a href=${link('explore', null, {filter: filtered('model', each.name), by: 'project'})}>${each.name || 'no model'}</a></th>
          <td class="number">${money(String(each.now))}</td>
          <td class="number">${change(each.more, 'money')}</td>
          <td class="number">${signed(growth(each.now, each.then, LEAST))}</td>
        </tr>`));
}

const WORST = {exceeded: 0, warning: 1, stale: 2, unknown: 3, ok: 4};

function paces(value, now) {
  const all = [...value.data].sort((a, b) =>
    (WORST[a.state.state] ?? 5) - (WORST[b.state.state] ?? 5)
    || Number(b.state.pace?.percentage ?? 0) - Number(a.state.pace?.percentage ?? 0)).slice(0, 8);
  return all.length === 0
    ? empty('There are no budgets.', html`<a href=${link('budgets', 'new')}>Set one</a>.`)
    : table('The worst first', ['Budget', 'State', '#Used', '', 'Pace'], all.map(each => html`<tr>
        <th scope="row"><a href=${link('budgets', each.id)}>${each.name}</a></th>
        <td>${state(each.state.state)}</td>
        <td class="number">${percent(each.state.percentage)}</td>
        <td>${used(each.state.percentage, each.state.state)}</td>
        <td class="pace">${pace(each.state, now)}</td>
      </tr>`));
}

/** What the pace comes to, in words. */
export function pace(state, now) {
  const {pace: of, forecast: expected} = state;
  if (Number(state.remaining) < 0) {
    return 'used up; the next window begins in ' + length(Date.parse(state.window_end) - now);
  }
  const runs = expected?.exhausted
    ? 'runs out ' + time(expected.exhausted) : expected ? 'lasts until reset' : '';
  const off = of ? Math.abs(Number(of.percentage)) : null;
  // Early in a window little is off, and yet it may be clear that the limit will not do.
  const standing = !of ? '' : of.standing === 'on' ? (expected?.exhausted ? '' : 'on pace')
    : percent(off) + (of.standing === 'ahead' ? ' in deficit' : ' in reserve');
  return [standing, runs].filter(Boolean).join(' · ') || 'n/a';
}

const open = (value, now) =>
  value.data.length === 0
    ? empty('Nothing is open.')
    : html`<ul class="list">${value.data.slice(0, 6).map(each => html`<li>
        ${state(each.severity)} <a href=${link('alerts', each.id)}>${each.headline}</a>
        <span class="soft">${when(each.at, now)}</span>
      </li>`)}</ul>`;

const unusual = (value, now) =>
  value.data.length === 0
    ? empty('Nothing was out of the ordinary in this range.')
    : html`<ul class="list">${value.data.slice(0, 6).map(each => html`<li>
        ${state('warning')} <a href=${link('explore', null, incident(each))}>${each.headline}</a>
        <span class="soft">${each.drivers[0]?.label ?? ''} ${each.drivers[0]?.text ?? ''} · ${when(each.at, now)}</span>
      </li>`)}</ul>`;

/** Where one sees what was unusual: its days, and who drove it. */
export function incident({data}) {
  const filter = [['project', data.project], ['key', data.key], ['model', data.model]]
    .filter(([, value]) => value).map(([by, value]) => by + ':' + value);
  return {
    filter, range: null, from: data.start.slice(0, 10), to: data.end.slice(0, 10), metric: 'estimated', grain: 'hour', by: 'key',
  };
}
