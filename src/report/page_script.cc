// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "page.h"

namespace kernwise::detail {

// Draws the charts that the page describes (page_html.cc, "charts") and folds long tables, which
// stand open without it. Colours are the style's, read again when the scheme or the medium changes.
std::string_view page_script() {
  return R"js(
(function () {
  'use strict';
  var charts = JSON.parse(document.getElementById('charts').textContent);
  var drawn = [];

  function style(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }
  function seriesColour(index, bars) {
    return style('--s' + (bars && index > 7 ? 9 : index % 8 + 1));
  }
  function withAlpha(colour, alpha) {
    return colour + Math.round(alpha * 255).toString(16).padStart(2, '0');
  }

  // Intervals, as thin lines through the points.
  var intervals = {
    id: 'intervals',
    beforeDatasetsDraw: function (chart) {
      var context = chart.ctx, x = chart.scales.x, y = chart.scales.y, area = chart.chartArea;
      context.save();
      context.beginPath();
      context.rect(area.left, area.top, area.width, area.height);
      context.clip();
      chart.data.datasets.forEach(function (dataset, index) {
        if (!chart.isDatasetVisible(index)) return;
        context.strokeStyle = withAlpha(dataset.borderColor, 0.55);
        context.lineWidth = 1.5;
        dataset.data.forEach(function (point) {
          if (point === null || typeof point !== 'object') return;
          var px = x.getPixelForValue(point.x), py = y.getPixelForValue(point.y);
          context.beginPath();
          if (point.xl !== undefined) {
            context.moveTo(x.getPixelForValue(point.xl), py);
            context.lineTo(x.getPixelForValue(point.xh), py);
          }
          if (point.yl !== undefined) {
            context.moveTo(px, y.getPixelForValue(point.yl));
            context.lineTo(px, y.getPixelForValue(point.yh));
          }
          context.stroke();
        });
      });
      context.restore();
    }
  };
  // Where both axes say the same.
  var diagonal = {
    id: 'diagonal',
    beforeDatasetsDraw: function (chart) {
      if (!chart.options.diagonal) return;
      var x = chart.scales.x, y = chart.scales.y, context = chart.ctx;
      var low = Math.max(x.min, y.min), high = Math.min(x.max, y.max);
      if (!(low < high)) return;
      context.save();
      context.strokeStyle = style('--dim');
      context.setLineDash([4, 4]);
      context.beginPath();
      context.moveTo(x.getPixelForValue(low), y.getPixelForValue(low));
      context.lineTo(x.getPixelForValue(high), y.getPixelForValue(high));
      context.stroke();
      context.restore();
    }
  };

  function short(text) { return text.length > 26 ? text.slice(0, 25) + '\u2026' : text; }
  function shown(value) {
    return Math.abs(value) >= 1000 ? Math.round(value).toString() : String(+value.toPrecision(3));
  }

  // From the least to the most of points and intervals along x or y, with some room around them.
  function extent(chart, names, log) {
    var low = Infinity, high = -Infinity;
    chart.series.forEach(function (series) {
      series.points.forEach(function (point) {
        names.forEach(function (name) {
          var value = point[name];
          if (typeof value !== 'number' || (log && value <= 0)) return;
          low = Math.min(low, value);
          high = Math.max(high, value);
        });
      });
    });
    if (!(low <= high)) return {};
    if (log) return { min: low / 1.3, max: high * 1.3 };
    var room = 0.05 * (high - low || Math.abs(high) || 1);
    return { min: low >= 0 ? Math.max(0, low - room) : low - room, max: high + room };
  }

  function axis(title, log, range, colours) {
    var decades = log ? Math.log10(range.max / range.min) : 0;
    var leads = decades > 2.5 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 3, 5];
    return {
      type: log ? 'logarithmic' : 'linear', min: range.min, max: range.max,
      title: { display: title !== '', text: title, color: colours.dim },
      grid: { color: colours.line },
      ticks: { color: colours.dim, maxRotation: 0, autoSkipPadding: 14, includeBounds: false,
               callback: function (value) {
                 if (!log) return shown(value);
                 var lead = value / Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
                 var labelled = leads.some(function (l) { return Math.abs(lead - l) < 1e-6; });
                 return labelled ? shown(value) : '';
               } }
    };
  }
  // Many names would take the room of what they name: then their numbers stand there, and the
  // names in the tooltip and in the table.
  function categories(chart, colours, lying) {
    var named = lying || chart.categories.length <= 10;
    return {
      type: 'category', labels: chart.categories, stacked: true,
      title: { display: !named, text: 'in the order of the table', color: colours.dim },
      grid: { display: false },
      ticks: { color: colours.dim, maxRotation: lying || !named ? 0 : 50, minRotation: 0,
               autoSkip: !lying, autoSkipPadding: 10, font: { size: 11 },
               callback: function (value) {
                 return named ? short(chart.categories[value]) : String(value + 1);
               } }
    };
  }

  function datasets(chart) {
    var bars = chart.kind === 'bars' || chart.kind === 'rows';
    var stepped = chart.kind === 'stepped';
    return chart.series.map(function (series, index) {
      var colour = seriesColour(index, bars);
      return {
        label: series.name, data: bars ? series.values : series.points,
        borderColor: colour, backgroundColor: stepped ? withAlpha(colour, 0.35) : colour,
        borderWidth: bars ? 0 : 1.5, stack: bars ? 'all' : undefined,
        showLine: chart.kind === 'lines' || stepped,
        fill: stepped, pointRadius: stepped ? 0 : 3, pointHitRadius: 8, tension: 0,
        maxBarThickness: chart.kind === 'rows' ? 22 : undefined
      };
    });
  }
  // A value holds until the next point: both ends of every stretch. Areas stand on each other.
  function stretched(chart) {
    var below = [];
    return chart.series.map(function (series) {
      var points = [];
      series.points.forEach(function (point, index) {
        var y = point.y + (below[index] || 0);
        below[index] = y;
        if (index > 0) {
          points.push({ x: point.x, y: points[points.length - 1].y, label: point.label });
        }
        points.push({ x: point.x, y: y, label: point.label });
      });
      return { name: series.name, points: points };
    });
  }

  function configuration(chart) {
    var colours = { ink: style('--ink'), dim: style('--dim'), line: style('--line') };
    var lying = chart.kind === 'rows', bars = lying || chart.kind === 'bars';
    var rangeX = bars ? {} : extent(chart, ['x', 'xl', 'xh'], chart.log_x);
    var rangeY = bars ? {} : extent(chart, ['y', 'yl', 'yh'], chart.log_y);
    if (chart.diagonal) {
      rangeX = rangeY = { min: Math.min(rangeX.min, rangeY.min),
                          max: Math.max(rangeX.max, rangeY.max) };
    }
    if (chart.kind === 'stepped') rangeY = {};
    var value = axis(lying ? chart.x_title : chart.y_title, chart.log_y, rangeY, colours);
    if (bars) value.stacked = true;
    if (bars || chart.kind === 'stepped') value.beginAtZero = true;
    var other = bars ? categories(chart, colours, lying)
                     : axis(chart.x_title, chart.log_x, rangeX, colours);
    if (chart.kind === 'stepped') {
      chart = Object.assign({}, chart, { series: stretched(chart) });
      other.min = 0;
      other.max = chart.series[0].points[chart.series[0].points.length - 1].x;
    }
    var sets = datasets(chart);
    if (chart.kind === 'stepped') {
      sets.forEach(function (set, index) { set.fill = index === 0 ? 'origin' : '-1'; });
    }
    return {
      type: bars ? 'bar' : 'scatter',
      data: { labels: chart.categories, datasets: sets },
      plugins: [intervals, diagonal],
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, diagonal: chart.diagonal,
        indexAxis: lying ? 'y' : 'x',
        interaction: { mode: bars ? 'index' : 'nearest', axis: lying ? 'y' : 'x',
                       intersect: !bars },
        scales: lying ? { x: value, y: other } : { x: other, y: value },
        plugins: {
          legend: { display: chart.series.length > 1, position: 'bottom',
                    labels: { color: colours.ink, boxWidth: 12, boxHeight: 12 } },
          tooltip: {
            filter: function (item) { return item.raw !== null; },
            callbacks: {
              title: function (items) {
                if (!items.length) return '';
                return bars ? chart.categories[items[0].dataIndex] : (items[0].raw.label || '');
              },
              label: function (item) {
                if (bars) {
                  return item.dataset.label + ': ' + shown(item.raw) + ' ' +
                    (lying ? chart.x_title : chart.y_title);
                }
                return item.dataset.label + ': ' + shown(item.raw.x) + ' / ' + shown(item.raw.y);
              }
            }
          }
        }
      }
    };
  }

  function draw() {
    drawn.forEach(function (chart) { chart.destroy(); });
    drawn = [];
    charts.forEach(function (chart) {
      var place = document.getElementById(chart.id);
      place.textContent = '';
      if (chart.kind === 'rows') {
        place.style.height = (5 + 1.7 * chart.categories.length) + 'rem';
      }
      var canvas = document.createElement('canvas');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', chart.title + '; the numbers stand in the table below');
      place.appendChild(canvas);
      drawn.push(new Chart(canvas, configuration(chart)));
    });
  }

  if (typeof Chart !== 'undefined') {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    draw();
    ['(prefers-color-scheme: dark)', 'print'].forEach(function (query) {
      window.matchMedia(query).addEventListener('change', draw);
    });
  }
  var folded = Array.prototype.slice.call(document.querySelectorAll('details[data-fold]'));
  function open(state) { folded.forEach(function (details) { details.open = state; }); }
  open(false);
  window.addEventListener('beforeprint', function () { open(true); });
  window.addEventListener('afterprint', function () { open(false); });
})();
)js";
}

}  // namespace kernwise::detail
