// Can one trust the numbers: what was estimated against what was billed, by day and by project.

import {html, nothing} from './lit-html.js';
import {answer, path, refresh, send} from './api.js';
import {amount, change, day, money, numbers} from './format.js';
import {DAY, changed, iso, link} from './place.js';
import {action, empty, panel, table, when} from './parts.js';
import {plot} from './plot.js';

export function view(context) {
  const {place, org, range} = context;
  const compared = answer(path('/api/v1/reconciliation', {
    org, filter: place.params.getAll('filter'), since: iso(range.from), until: iso(range.to - 1 + DAY),
  }));
  return html`<h1>Reconcile</h1>
    <p>Bills come days late and by UTC days; estimates are usage times price. What usage shows is compared, and should agree where a
      day is complete. Bills hold more: what is not in usage, such as storage, containers, training and reserved capacity, is no difference.</p>
    ${panel('Estimated against billed', compared, value => chart(value.days), {wide: true, size: 'tall'})}
    ${panel('By day', compared, value => byDay(value, context), {wide: true})}
    ${place.get('day') ? restated(place.get('day'), context) : nothing}
    ${panel('By project', compared, value => byProject(value.projects), {wide: true})}
    ${panel('Not compared', compared, value => rest(value.projects), {wide: true})}`;
}

const chart = days => plot({
  title: 'Estimated and billed', unit: 'money', labels: days.map(each => day(Date.parse(each.day))),
  series: [
    {name: 'Billed', values: numbers(days.map(each => each.billed)), colour: '--accent'},
    {name: 'Estimated', values: numbers(days.map(each => each.estimated)), line: true, dash: [4, 3], colour: '--soft'},
  ],
});

/** How far an estimate is from its bill, in percent of the bill. */
const drift = percent => (percent === null ? '—' : percent.replace('-', '−') + ' %');

/** Whether the bill of a day can be compared, in words. */
const standing = each =>
  each.other_currencies.length ? 'in ' + each.other_currencies.join(', ') + ': not comparable'
    : !each.settled ? 'may still change' : each.known ? 'complete' : 'missing';

function byDay(value, {now, org}) {
  const rows = value.days.filter(each => Date.parse(each.day) <= now).reverse();
  return rows.length === 0
    ? empty('Nothing of this range is there yet.')
    : html`${table('The newest first', ['Day (UTC)', '#Estimated', '#Billed', '#Drift', '#Not in usage', 'Bill', ''], rows.map(each => html`<tr>
          <th scope="row">${each.day}</th>
          <td class="number" title=${each.estimated ?? ''}>${money(each.estimated)}</td>
          <td class="number" title=${each.billed ?? ''}>${money(each.billed)}</td>
          <td class="number">${drift(each.drift_percent)}</td>
          <td class="number" title=${Object.keys(each.not_in_usage?.parts ?? {}).join(', ')}>${money(each.not_in_usage?.total)}</td>
          <td>${standing(each)}</td>
          <td class="actions">${action('Read again', () => again(each.day, org), {then: refresh})}
            <a class="button" href=${changed({day: each.day})}>Restatements</a></td>
        </tr>`))}
      <p class="soft">As of ${when(value.as_of, now)}${value.stale ? ', stale' : ''}</p>`;
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

const byProject = projects =>
  projects.length === 0
    ? empty('There is no day in this range whose bill is complete.')
    : table('Of the days whose bill is complete', ['Project', '#Estimated', '#Billed', '#Drift', '#Not in usage'], projects.map(each => html`<tr>
        <th scope="row">${each.name || each.project || 'none'}</th>
        <td class="number">${amount(each.estimated, 'money')}</td>
        <td class="number">${amount(each.billed, 'money')}</td>
        <td class="number">${drift(each.drift_percent)}</td>
        <td class="number">${amount(each.not_in_usage.total, 'money')}</td>
      </tr>`));

/** What is billed and not compared, by name. */
function rest(projects) {
  const rows = new Map();
  for (const each of projects) {
    for (const [parts, why] of [[each.not_in_usage, 'not in usage'], [each.not_compared, 'not estimated in full: without a price, or long context']]) {
      for (const [name, billed] of Object.entries(parts.parts)) {
        const key = name + why;
        rows.set(key, {name, why, billed: Number(billed) + (rows.get(key)?.billed ?? 0)});
      }
    }
  }
  return rows.size === 0
    ? empty('All that was billed is compared.')
    : html`${table('What these bills hold beyond that', ['Line', '#Billed', 'Why'], [...rows.values()].sort((a, b) => b.billed - a.billed)
        .map(each => html`<tr>
          <th scope="row">${each.name || 'unnamed'}</th><td class="number">${money(each.billed.toFixed(6))}</td><td>${each.why}</td>
        </tr>`))}
      <p class="soft">What has no price, and why, is said in the <a href=${link('settings')}>settings</a>.</p>`;
}
