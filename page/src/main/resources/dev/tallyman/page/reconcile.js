// Can one trust the numbers: what was estimated against what was billed, by day and by project.

import {html, nothing} from './lit-html.js';
import {answer, path, refresh, send} from './api.js';
import {amount, change, day, money, numbers} from './format.js';
import {DAY, HOUR, changed, instant, iso} from './place.js';
import {action, empty, panel, source, table, when} from './parts.js';
import {plot} from './plot.js';

/** A bill is taken for complete so long after its day. */
const SETTLED = 48 * HOUR;

export function view(context) {
  const {place, now, org, range} = context;
  const filter = place.params.getAll('filter');
  const ask = (metric, more) => answer(path('/api/v1/query', {
    metric, org, filter, since: instant(range.from), until: instant(range.to), ...more,
  }));
  const days = ['estimated', 'billed'].map(metric => ask(metric, {granularity: 'day'}));
  const projects = ['estimated', 'billed'].map(metric => ask(metric, {granularity: 'all', by: 'project', top: 50}));
  return html`<h1>Reconcile</h1>
    <p>Bills come days late and by UTC days; estimates are usage times price. Where a day is complete in both, they should agree.</p>
    ${panel('Estimated against billed', days, (estimated, billed) => chart(estimated, billed), {wide: true, size: 'tall'})}
    ${panel('By day', days, (estimated, billed) => byDay(estimated, billed, context), {wide: true})}
    ${place.get('day') ? restated(place.get('day'), context) : nothing}
    ${panel('By project', projects, (estimated, billed) => byProject(estimated, billed), {wide: true})}`;
}

const chart = (estimated, billed) => plot({
  title: 'Estimated and billed', unit: 'money', labels: estimated.buckets.map(day),
  series: [
    {name: 'Billed', values: numbers(billed.total.values), colour: '--accent'},
    {name: 'Estimated', values: numbers(estimated.total.values), line: true, dash: [4, 3], colour: '--soft'},
  ],
});

/** How far the estimate is from the bill, in percent of the bill. */
function drift(estimated, billed) {
  return billed > 0 ? ((estimated / billed - 1) * 100).toFixed(1).replace('-', '−') + ' %' : 'n/a';
}

function byDay(estimated, billed, {now, org}) {
  const rows = estimated.buckets.map((bucket, i) => ({
    at: Date.parse(bucket), estimated: estimated.total.values[i], billed: billed.total.values[i],
  })).filter(each => each.at <= now).reverse();
  return rows.length === 0
    ? empty('Nothing of this range is there yet.')
    : html`${table('The newest first', ['Day (UTC)', '#Estimated', '#Billed', '#Drift', 'Bill', ''], rows.map(each => {
        const settled = each.at + DAY + SETTLED <= now;
        return html`<tr>
          <th scope="row">${iso(each.at)}</th>
          <td class="number" title=${each.estimated ?? ''}>${money(each.estimated)}</td>
          <td class="number" title=${each.billed ?? ''}>${money(each.billed)}</td>
          <td class="number">${settled && each.billed !== null ? drift(Number(each.estimated), Number(each.billed)) : '—'}</td>
          <td>${settled ? (each.billed === null ? 'missing' : 'complete') : 'may still change'}</td>
          <td class="actions">${action('Read again', () => again(iso(each.at), org), {then: refresh})}
            <a class="button" href=${changed({day: iso(each.at)})}>Restatements</a></td>
        </tr>`;
      }))}
      <p class="soft">${source('estimated')} as of ${when(estimated.as_of, now)} · ${source('billed')} as of ${when(billed.as_of, now)}</p>`;
}

/** What the bill of a day said before it said what it says now. */
function restated(date, {now, org}) {
  const before = answer(path('/api/v1/revisions', {org, endpoint: 'costs', bucket: date, limit: 100}));
  const today = answer(path('/api/v1/query', {
    metric: 'billed', org, since: date, until: iso(Date.parse(date) + DAY), granularity: 'all',
  }));
  return panel('Restatements of ' + date, [before, today], (value, bill) => {
    const said = [
      ...value.data.map(each => ({at: each.asked, billed: each.rows.reduce((sum, row) => sum + Number(row.amount), 0)})),
      {at: null, billed: bill.total.total},
    ];
    return said.length === 1
      ? empty('The bill of this day never said anything else.')
      : table('The oldest first', ['Read', '#Billed', '#Change'], said.map((each, i) => html`<tr>
          <th scope="row">${each.at ? when(each.at) : 'now'}</th>
          <td class="number" title=${each.billed}>${money(String(each.billed))}</td>
          <td class="number">${i === 0 ? '' : change(Number(each.billed) - Number(said[i - 1].billed), 'money')}</td>
        </tr>`));
  }, {wide: true, actions: html`<a class="button" href=${changed({day: null})}>Close</a>`});
}

async function again(date, org) {
  const told = await send('POST', path('/api/reconcile', {date, org}));
  const changes = ['premium', 'mini'].filter(each => told[each].after !== told[each].before)
    .map(each => each + ' ' + change(told[each].after - told[each].before, 'tokens') + ' tokens');
  return date + ' was read again: ' + (changes.length ? changes.join(', ') : 'no discrepancies') + '.';
}

function byProject(estimated, billed) {
  const rows = new Map();
  const add = (value, which) => value.series.forEach(each => {
    const row = rows.get(each.keys.project) ?? {name: each.names?.project ?? each.keys.project, estimated: null, billed: null};
    row[which] = each.total;
    rows.set(each.keys.project, row);
  });
  add(estimated, 'estimated');
  add(billed, 'billed');
  return rows.size === 0
    ? empty('There is no spend in this range.')
    : table('Of the range, days whose bill is not complete among them', ['Project', '#Estimated', '#Billed', '#Difference'],
        [...rows.values()].map(each => html`<tr>
          <th scope="row">${each.name || 'none'}</th>
          <td class="number">${amount(each.estimated, 'money')}</td>
          <td class="number">${amount(each.billed, 'money')}</td>
          <td class="number">${each.estimated === null || each.billed === null
            ? '—' : change(Number(each.estimated) - Number(each.billed), 'money')}</td>
        </tr>`));
}
