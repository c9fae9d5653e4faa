// Charts: drawn by Chart.js on a canvas, and below each the same as a table, which is what those
// read who do not see it.

import {html, nothing, svg} from './lit-html.js';
import {UNKNOWN, amount, short} from './format.js';
import {table} from './parts.js';

/** By far the largest file of the page, and no figure has to wait for it. */
let Chart;
const drawing = import('./chart.umd.min.js').then(() => ({Chart} = globalThis));

const LIGHT = ['#a74c08', '#2278c3', '#463c77', '#ce7574', '#562907', '#044e47'];
const DARK = ['#39adfa', '#7f6ba8', '#cddf49', '#af5d71', '#a6964f', '#bbe8b4'];

/** What is drawn in grey: what is not told apart. */
export const OTHER = 'Other';

/** The place in the palette of all that was ever drawn: a thing keeps its colour. */
const places = new Map();

function placesOf(names) {
  const taken = new Set(names.filter(name => places.has(name)).map(name => places.get(name)));
  for (const name of names) {
    if (name !== OTHER && !places.has(name)) {
      let place = [...name].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) >>> 0, 7) % 6;
      for (let i = 0; i < 6 && taken.has(place); i++) {
        place = (place + 1) % 6;
      }
      places.set(name, place);
      taken.add(place);
    }
  }
  return names.map(name => places.get(name));
}

const dark = () => (document.documentElement.dataset.theme
  ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

/** A colour of the style sheet as a canvas understands it, perhaps faint. */
function styled(name, alpha = 1) {
  const probe = document.createElement('i');
  probe.style.color = 'var(' + name + ')';
  document.body.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g);
  probe.remove();
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** Diagonal lines: what may still grow. */
function hatched(colour) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  pen.globalAlpha = 0.25;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 6, 6);
  pen.globalAlpha = 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, 'repeat');
}

/** Draws a triangle above each bucket in which something was out of the ordinary. */
const MARKS = {
  id: 'marks',
  afterDatasetsDraw(chart, _, {at = [], colour}) {
    const pen = chart.ctx;
    for (const index of at) {
      const x = chart.scales.x.getPixelForValue(index);
      const y = chart.chartArea.top + 2;
      pen.save();
      pen.fillStyle = colour;
      pen.beginPath();
      pen.moveTo(x, y + 8);
      pen.lineTo(x - 5, y);
      pen.lineTo(x + 5, y);
      pen.fill();
      pen.restore();
    }
  },
};

/**
 * A chart. Its `model` is
 * `{title, unit, currency?, labels, series: [{name, values, line?, dash?, fill?, colour?}], stacked?, soFar?,
 * marks?, pick?}`: values are numbers or null, `soFar` is the bucket that goes on, `marks` those
 * with something to note, `pick(bucket, series)` what a click or Enter does.
 */
class Plot extends HTMLElement {
  #model;
  #chart;
  #drawn;
  #watcher;

  set model(model) {
    this.#model = model;
    if (this.isConnected) {
      this.#draw();
    }
  }

  connectedCallback() {
    this.#draw();
    this.#watcher = () => this.#draw(true);
    addEventListener('themechange', this.#watcher);
  }

  disconnectedCallback() {
    removeEventListener('themechange', this.#watcher);
    this.#chart?.destroy();
    this.#chart = null;
    this.#drawn = null;
  }

  #draw(anyway = false) {
    const model = this.#model;
    if (!model) {
      return;
    }
    const text = JSON.stringify(model);
    if (this.#drawn === text && !anyway) {
      return;
    }
    this.#drawn = text;
    const canvas = this.#canvas();
    canvas.setAttribute('aria-label', summary(model));
    if (!Chart) {
      this.setAttribute('aria-busy', 'true');
      drawing.then(() => this.isConnected && this.#draw(true));
      return;
    }
    this.removeAttribute('aria-busy');
    const data = {labels: model.labels, datasets: datasets(model)};
    if (this.#chart && this.#chart.config.type === type(model)) {
      this.#chart.data = data;
      this.#chart.options = this.#options(model);
      this.#chart.update('none');
      return;
    }
    this.#chart?.destroy();
    this.#chart = new Chart(canvas, {
      type: type(model), data, options: this.#options(model), plugins: [MARKS],
    });
  }

  #canvas() {
    let canvas = this.querySelector('canvas');
    if (!canvas) {
      const frame = document.createElement('div');
      frame.className = 'plot';
      canvas = document.createElement('canvas');
      canvas.tabIndex = 0;
      canvas.setAttribute('role', 'img');
      canvas.addEventListener('keydown', event => this.#key(event));
      const live = document.createElement('div');
      live.className = 'unseen';
      live.setAttribute('aria-live', 'polite');
      frame.append(canvas, live);
      this.append(frame);
    }
    return canvas;
  }

  #options(model) {
    const ink = styled('--soft');
    const lines = styled('--line');
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: {mode: 'index', intersect: false},
      onClick: (_, elements) => this.#pick(elements[0]),
      scales: {
        x: {stacked: model.stacked ?? false, ticks: {color: ink, maxRotation: 0, font: {size: 13}}, grid: {display: false}},
        y: {
          stacked: model.stacked ?? false,
          beginAtZero: true,
          ticks: {color: ink, maxTicksLimit: 6, font: {size: 13}, callback: value => short(value, model.unit, model.currency)},
          grid: {color: lines},
          border: {display: false},
        },
      },
      plugins: {
        legend: {
          display: model.series.length > 1,
          position: 'bottom',
          labels: {
            color: styled('--ink'), boxWidth: 14, boxHeight: 8, font: {size: 13},
            filter: item => !item.text.startsWith('~'),
          },
        },
        marks: {at: model.marks ?? [], colour: styled('--warning')},
        tooltip: {
          filter: item => item.raw !== null && item.raw !== 0 && !item.dataset.label.startsWith('~'),
          itemSort: (a, b) => b.raw - a.raw,
          callbacks: {
            title: items => (items.length ? spoken(model, items[0].dataIndex) : ''),
            label: item => item.dataset.label + ': ' + amount(String(item.raw), model.unit, model.currency),
            footer: items =>
              model.stacked && items.length
                ? 'Total: ' + amount(String(total(model, items[0].dataIndex)), model.unit, model.currency) : '',
          },
        },
      },
    };
  }

  /** One stop for the keyboard: arrows move the bucket, Enter picks it, Escape leaves. */
  #key(event) {
    const model = this.#model;
    const last = model.labels.length - 1;
    const now = this.#chart.getActiveElements()[0]?.index ?? (event.key === 'ArrowLeft' ? last + 1 : -1);
    const next = {ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last}[event.key];
    if (event.key === 'Enter' && now >= 0 && now <= last) {
      this.#pick({index: now, datasetIndex: 0});
    } else if (event.key === 'Escape') {
      this.#at(-1);
    } else if (next !== undefined) {
      event.preventDefault();
      this.#at(Math.max(0, Math.min(last, next)));
    }
  }

  #at(index) {
    const elements = index < 0 ? [] : this.#chart.data.datasets.map((_, datasetIndex) => ({datasetIndex, index}));
    this.#chart.setActiveElements(elements);
    this.#chart.tooltip.setActiveElements(elements, {x: 0, y: 0});
    this.#chart.update('none');
    this.querySelector('[aria-live]').textContent =
      index < 0 ? '' : spoken(this.#model, index) + ': ' + amount(String(total(this.#model, index)), this.#model.unit, this.#model.currency);
  }

  #pick(element) {
    if (element && this.#model.pick) {
      this.#model.pick(element.index);
    }
  }
}

customElements.define('tally-plot', Plot);

const type = model => (model.series.some(each => !each.line) ? 'bar' : 'line');

const spoken = (model, index) => model.labels[index] + (index === model.soFar ? ' (so far)' : '');

/** What is in a bucket, of what is stacked there; of lines the first. */
function total(model, index) {
  const parts = model.stacked ? model.series.filter(each => !each.line) : model.series.slice(0, 1);
  return parts.reduce((sum, each) => sum + (each.values[index] ?? 0), 0);
}

function datasets(model) {
  const bright = dark();
  const palette = bright ? DARK : LIGHT;
  const found = placesOf(model.series.map(each => each.name));
  return model.series.map((each, i) => {
    const colour = each.colour
      ? styled(each.colour)
      : each.name === OTHER ? (bright ? '#8b95a1' : '#6b7280') : palette[found[i]];
    return each.line
      ? {
          type: 'line', label: each.name, data: each.values, borderColor: colour, backgroundColor: each.colour ? styled(each.colour, 0.18) : colour,
          borderWidth: each.fill === undefined ? 2 : 0, borderDash: each.dash ?? [], pointRadius: 0,
          fill: each.fill ?? false, order: 0, spanGaps: false, tension: 0,
        }
      : {
          type: 'bar', label: each.name, data: each.values, order: 1,
          backgroundColor: context => (context.dataIndex === model.soFar ? hatched(colour) : colour),
          borderColor: styled('--panel'), borderWidth: {top: 1}, maxBarThickness: 48, categoryPercentage: 0.86,
        };
  });
}

/** What the chart says, in a sentence. */
function summary(model) {
  const sums = model.labels.map((_, index) => total(model, index));
  const most = sums.indexOf(Math.max(...sums));
  return sums.length === 0
    ? model.title + ': nothing'
    : model.title + ': ' + sums.length + ' values from ' + model.labels[0] + ' to ' + model.labels.at(-1)
      + '; the most, ' + amount(String(sums[most]), model.unit, model.currency) + ', at ' + model.labels[most]
      + '. The table below has all of them.';
}

/** A chart and its table. */
export const plot = model =>
  html`<tally-plot .model=${model}></tally-plot>
    <details class="as-table">
      <summary>Show as table</summary>
      ${table(
        model.title,
        ['', ...model.series.filter(each => !each.name.startsWith('~')).map(each => '#' + each.name)],
        model.labels.map((label, index) => html`<tr>
          <th scope="row">${spoken(model, index)}${model.marks?.includes(index) ? html` <span class="state warning">▲ unusual</span>` : nothing}</th>
          ${model.series
            .filter(each => !each.name.startsWith('~'))
            .map(each => html`<td class="number">
              ${each.values[index] === null ? UNKNOWN : amount(String(each.values[index]), model.unit, model.currency)}
            </td>`)}
        </tr>`))}
    </details>`;

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = [...Array(24).keys()];
const PLACE = new Intl.DateTimeFormat('en-US', {weekday: 'short', hour: 'numeric', hourCycle: 'h23'});

/**
 * What an hour of the week has on average, in the reader's own zone.
 *
 * @param starts of hours, in milliseconds
 * @param values of those hours; what is null is not counted
 */
export function heat({title, unit, starts, values}) {
  const sums = WEEKDAYS.map(() => HOURS.map(() => [0, 0]));
  starts.forEach((start, i) => {
    if (values[i] !== null) {
      const parts = Object.fromEntries(PLACE.formatToParts(start).map(each => [each.type, each.value]));
      const place = sums[WEEKDAYS.indexOf(parts.weekday)][Number(parts.hour)];
      place[0] += values[i];
      place[1] += 1;
    }
  });
  const means = sums.map(day => day.map(([sum, count]) => (count === 0 ? null : sum / count)));
  const most = Math.max(0, ...means.flat());
  const at = means.flat().indexOf(most);
  const shown = mean => (mean === null ? UNKNOWN : short(mean, unit));
  return html`<svg class="heat" viewBox="0 0 264 80" role="img"
      aria-label="${title}: the most, ${shown(most)} an hour, on ${WEEKDAYS[Math.floor(at / 24)]} at ${at % 24}:00. The table below has all.">
      ${WEEKDAYS.map((name, day) => svg`<text x="0" y=${day * 10 + 7.5}>${name}</text>
        ${means[day].map((mean, hour) => svg`<rect x=${20 + hour * 10} y=${day * 10} width="9.3" height="9.3" rx="1"
          class=${mean === null ? 'none' : ''} fill-opacity=${most > 0 ? 0.06 + (0.94 * (mean ?? 0)) / most : 0.06}>
          <title>${name} ${hour}:00: ${shown(mean)}</title></rect>`)}`)}
      ${[0, 6, 12, 18, 23].map(hour => svg`<text x=${20 + hour * 10} y="78">${hour}</text>`)}
    </svg>
    <details class="as-table">
      <summary>Show as table</summary>
      ${table(title, ['', ...HOURS.map(hour => '#' + hour)], WEEKDAYS.map((name, day) => html`<tr>
        <th scope="row">${name}</th>
        ${means[day].map(mean => html`<td class="number">${shown(mean)}</td>`)}
      </tr>`))}
    </details>`;
}

/** A small line of how something went. */
export function spark(values, name) {
  const numbers = values.map(value => Number(value ?? 0));
  const most = Math.max(...numbers, 0);
  const step = 100 / Math.max(1, numbers.length - 1);
  const points = numbers
    .map((value, i) => (i * step).toFixed(1) + ',' + (most === 0 ? 19 : 19 - (value / most) * 18).toFixed(1))
    .join(' ');
  return html`<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label=${name}>
    <polyline points=${points}></polyline>
  </svg>`;
}
