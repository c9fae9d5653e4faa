// Any cut of the ledger: a metric, by up to two dimensions, over a range.

import {html, nothing} from './lit-html.js';
import {answer, path} from './api.js';
import {amount, day, hour, money, numbers, percent} from './format.js';
import {DAY, HOUR, STEP, changed, filtered, go, granularity, instant, link} from './place.js';
import {action, copy, csv, empty, panel, source, table, unpriced, when} from './parts.js';
import {OTHER, heat, plot, spark} from './plot.js';

const METRICS = {
  cost: 'Cost', billed: 'Billed', estimated: 'Estimated', tokens: 'Tokens', tokens_in: 'Tokens in',
  tokens_cached: 'Tokens cached', tokens_out: 'Tokens out', requests: 'Requests',
};
const DIMENSIONS = {
  model: 'Model', project: 'Project', key: 'API key', user: 'User', endpoint: 'Endpoint', group: 'Pool',
  tier: 'Service tier', batch: 'Batch', line_item: 'Line item',
};
const GRAINS = {auto: 'Automatic', hour: 'Hour', day: 'Day', week: 'Week', month: 'Month'};

/** A name within a sentence. */
const within = name => (/^[A-Z]{2}/.test(name) ? name : name.toLowerCase());

/** Into what one looks further, and where that ends. */
const DEEPER = {model: 'project', project: 'key', key: 'model', user: 'model', group: 'model', endpoint: 'model'};

export function view(context) {
  const {place, now, org, range} = context;
  const grain = place.get('grain', 'auto') === 'auto' ? granularity(range) : place.get('grain');
  const chosen = place.get('metric', grain === 'hour' ? 'estimated' : 'cost');
  // What is known by days cannot be asked for by the hour.
  const metric = grain === 'hour' && (chosen === 'cost' || chosen === 'billed') ? 'estimated' : chosen;
  const by = place.get('by', 'model');
  const sub = place.get('sub');
  const filter = place.params.getAll('filter');
  const asked = {
    metric, by: [by, sub].filter(Boolean).join(','), filter, org,
    since: instant(range.from), until: instant(range.to), granularity: grain, top: place.get('top', '6'),
  };
  const address = path('/api/v1/query', asked);
  const found = answer(address);
  return html`<h1>Explore</h1>
    <form class="controls" @submit=${event => event.preventDefault()}>
      ${choice('Metric', 'metric', METRICS, metric)}
      ${choice('by', 'by', DIMENSIONS, by)}
      ${choice('and', 'sub', {'': 'nothing else', ...DIMENSIONS}, sub ?? '')}
      ${choice('per', 'grain', GRAINS, place.get('grain', 'auto'))}
      ${choice('show', 'top', {6: 'top 6', 12: 'top 12', 30: 'top 30'}, place.get('top', '6'))}
      <label><input type="checkbox" .checked=${place.get('cumulative') === '1'}
        @change=${event => go(changed({cumulative: event.target.checked ? '1' : null}))}> cumulative</label>
      <label><input type="checkbox" .checked=${place.get('heat') === '1'}
        @change=${event => go(changed({heat: event.target.checked ? '1' : null}))}> by hour of the week</label>
    </form>
    ${panel(METRICS[metric] + ' by ' + within(DIMENSIONS[by]), found,
      value => body(value, context, {by, sub, grain, metric, address}), {
        wide: true, size: 'tall',
        actions: html`<span class="actions">
          ${csv(address)}
          ${action('Copy as CLI', () => copy(command(asked)))}
          ${action('Copy as API call', () => copy("curl '" + location.origin + address + "'"))}
        </span>`,
      })}
    ${place.get('heat') === '1' ? week(context, metric, filter) : nothing}`;
}

/** When it runs: of the last days of the range, as many as an answer has hours for. */
function week({now, org, range}, metric, filter) {
  const until = Math.min(range.to, Math.ceil(now / HOUR) * HOUR);
  const since = Math.max(range.from, until - 28 * DAY);
  const hourly = metric === 'cost' || metric === 'billed' ? 'estimated' : metric;
  const found = answer(path('/api/v1/query', {
    metric: hourly, org, filter, since: instant(since), until: instant(until), granularity: 'hour',
  }));
  return panel('By hour of the week', found, value => Number(value.total.total ?? 0) === 0
    ? empty('There is nothing of this in these hours.')
    : html`
    ${heat({
      title: METRICS[hourly] + ' of an hour on average', unit: value.unit, values: numbers(value.total.values),
      starts: value.buckets.map(each => Date.parse(each)),
    })}
    <p class="soft">${source(value.source)} from ${day(since)} to ${day(until - 1)}, in hours of
      ${Intl.DateTimeFormat().resolvedOptions().timeZone}.</p>`, {wide: true});
}

const choice = (name, parameter, options, chosen) => html`<label>${name}
  <select id=${parameter} @change=${event => go(changed({[parameter]: event.target.value || null}))}>
    ${Object.entries(options).map(([id, text]) => html`<option value=${id} ?selected=${String(id) === String(chosen)}>${text}</option>`)}
  </select>
</label>`;

/** The same question on the command line. */
function command({metric, by, filter, since, until, granularity, top}) {
  const brief = instant => instant.replace('T00:00:00Z', '');
  return ['./tallyman spend', metric === 'cost' ? '' : '--metric ' + metric, '--by ' + by,
    '--since ' + brief(since), '--until ' + brief(until), ...filter.map(each => "--filter '" + each + "'"),
    '--top ' + top, granularity === 'all' ? '' : '--granularity ' + granularity].filter(Boolean).join(' ');
}

function summed(values) {
  let sum = 0;
  return values.map(value => (value === null ? null : (sum += value)));
}

function body(value, context, {by, sub, grain, metric}) {
  const {place, now} = context;
  if (value.series.length === 0) {
    return empty('There is nothing of this in this range.', place.filters.length
      ? html`<a href=${changed({filter: null})}>Without filters</a>` : nothing);
  }
  const cumulative = place.get('cumulative') === '1';
  const prepared = values => (cumulative ? summed(numbers(values)) : numbers(values));
  const names = value.series.map(each => name(each));
  const series = value.series.map((each, i) => ({name: names[i], values: prepared(each.values)}));
  if (value.other) {
    series.push({name: OTHER, values: prepared(value.other.values)});
  }
  const step = STEP[grain];
  const starts = value.buckets.map(each => Date.parse(each));
  const soFar = starts.findIndex(each => each <= now && now < each + step);
  const total = Number(value.total.total ?? 0);
  const labels = starts.map(each => (grain === 'hour' ? day(each) + ' ' + hour(each) : day(each)));
  return html`
    ${plot({
      title: METRICS[metric] + ' by ' + within(DIMENSIONS[by]), unit: value.unit, stacked: true, series, soFar, labels,
      pick: index => grain !== 'hour' && go(changed({
        range: null, from: value.buckets[index].slice(0, 10),
        to: new Date(Math.min(starts[index] + step, Date.now()) - 1).toISOString().slice(0, 10),
        grain: grain === 'day' ? 'hour' : 'day', metric: grain === 'day' && value.unit === 'money' ? 'estimated' : metric,
      })),
    })}
    <p class="soft">${source(value.source)} as of ${when(value.as_of, now)}
      ${value.parts ? html` · billed ${money(value.parts.billed)}, estimated ${money(value.parts.estimated)}` : nothing}
      ${value.partial ? ' · may still change' : ''}
      ${value.notes?.map(each => html`<br>${each}`)}</p>
    ${unpriced(value.why_unpriced)}
    ${table('Total of the range', [DIMENSIONS[by], ...(sub ? [DIMENSIONS[sub]] : []), '#' + METRICS[metric], '#Share', 'How it went'],
      [
        ...value.series.map(each => html`<tr>
          <th scope="row">${deeper(each, by, value)}</th>
          ${sub ? html`<td>${label(each, sub)}</td>` : nothing}
          <td class="number" title=${each.total ?? ''}>${amount(each.total, value.unit)}</td>
          <td class="number">${total > 0 ? percent((Number(each.total ?? 0) / total) * 100) : '—'}</td>
          <td>${spark(each.values, 'Course of ' + name(each))}</td>
        </tr>`),
        value.other ? html`<tr>
          <th scope="row">${value.other.series} others</th>${sub ? html`<td></td>` : nothing}
          <td class="number">${amount(value.other.total, value.unit)}</td>
          <td class="number">${total > 0 ? percent((Number(value.other.total ?? 0) / total) * 100) : '—'}</td>
          <td>${spark(value.other.values, 'Course of the others')}</td></tr>` : nothing,
        html`<tr class="total">
          <th scope="row">Total</th>${sub ? html`<td></td>` : nothing}
          <td class="number" title=${value.total.total ?? ''}>${amount(value.total.total, value.unit)}</td>
          <td class="number">100 %</td><td>${spark(value.total.values, 'Course of the total')}</td></tr>`,
      ])}`;
}

const label = (series, by) => (series.names?.[by] ?? series.keys[by]) || (by === 'model' ? 'no model' : 'none');

const name = series => Object.keys(series.keys).map(by => label(series, by)).join(' · ');

/** The value, as a link into what it is made of. */
function deeper(series, by) {
  const value = series.keys[by] ?? '';
  return DEEPER[by]
    ? html`<a href=${link('explore', null, {filter: filtered(by, value), by: DEEPER[by], sub: null}, true)}>${label(series, by)}</a>`
    : label(series, by);
}
