package dev.tallyman.benchmarks;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Spread;
import dev.tallyman.e2e.Browsing;
import dev.tallyman.e2e.Served;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;

/**
 * Opens the overview of 90 days of 200 projects in a browser, again and again, and goes from view
 * to view, as who comes back in the morning: the page's files are in the browser's cache.
 */
final class BrowserRun {
  private static final int VISITS = 30;

  /** When the first figure is there, and when nothing is waited for any more. */
  private static final String WATCH =
      """
      const seen = {};
      globalThis.seen = seen;
      const look = () => {
        const figure = document.querySelector('.tile .figure');
        if (!seen.first && figure?.textContent.includes('$')) {
          seen.first = performance.now();
          seen.requests = 1 + performance.getEntriesByType('resource')
            .filter(each => each.transferSize > 0 && each.startTime < seen.first).length;
        }
        if (seen.first && !document.querySelector('[aria-busy=true], .skeleton')) {
          seen.all ??= performance.now();
        }
      };
      new MutationObserver(look).observe(document,
        {subtree: true, childList: true, characterData: true, attributes: true});
      """;

  private static final String UNTIL_ALL =
      "() => new Promise(done => { const look = () => seen.all ? done() : setTimeout(look, 5);"
          + " look(); })";

  /** From a click on a link of the menu to the frame in which its view is. */
  private static final String CLICK =
      """
      name => new Promise(done => {
        const began = performance.now();
        const link = [...document.querySelectorAll('nav a')].find(each => each.textContent.trim() === name);
        link.click();
        const look = () => link.getAttribute('aria-current') === 'page' && document.querySelector('main h1')
          ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look);
        look();
      })
      """;

  private BrowserRun() {}

  /** What it measures is of the time that it runs at: browsers take no other. */
  public static void main(String[] arguments) throws IOException {
    InstantSource clock = InstantSource.system();
    try (var simulator = Simulator.builder(clock).size(Size.LARGE).build().start();
        var served =
            new Served(
                Folders.temporary(),
                clock.instant(),
                Map.of(
                    "OPENAI_ADMIN_KEY",
                    "sk-admin-" + "benchmark".repeat(3),
                    "OPENAI_BASE_URL",
                    simulator.baseUrl().toString()),
                "filled");
        var browsing = new Browsing()) {
      Page page = browsing.open(1280, ColorScheme.LIGHT);
      page.addInitScript(WATCH);
      var first = new Spread(VISITS);
      var all = new Spread(VISITS);
      var interaction = new Spread(2 * VISITS);
      long requests = 0;
      for (int i = -3; i < VISITS; i++) {
        page.navigate(served.url() + "/dashboard?range=30d");
        page.evaluate(UNTIL_ALL);
        if (i >= 0) {
          first.add(nanos(page.evaluate("seen.first")));
          all.add(nanos(page.evaluate("seen.all")));
          requests = Math.max(requests, ((Number) page.evaluate("seen.requests")).longValue());
        }
        for (String view : new String[] {"Explore", "Budgets"}) {
          double took = ((Number) page.evaluate(CLICK, view)).doubleValue();
          if (i >= 0) {
            interaction.add(nanos(took));
          }
        }
      }
      first.print("first");
      all.print("all");
      interaction.print("interaction");
      IO.println("requests=" + requests);
    }
  }

  private static long nanos(Object milliseconds) {
    return (long) (((Number) milliseconds).doubleValue() * 1e6);
  }
}
