package dev.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Clock;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Chromium of this machine, driven by Playwright with the Node of this machine. All that a page
 * complains of is kept: errors, requests that failed, violations of its policy.
 */
public final class Browsing implements AutoCloseable {
  private static final List<String> CHROMIUM =
      List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

  private static final List<String> STANDARDS =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

  /**
   * How long anything may take before it counts as missing. All waits end as soon as what they wait
   * for is there; this is only for what never comes, on a machine however busy.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  static {
    PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
  }

  private final Playwright playwright;
  private final Browser browser;
  private final List<String> complaints = new ArrayList<>();

  /** Aborts the test if there is no Chromium or no Node. */
  public Browsing() {
    Optional<Path> chromium =
        Optional.ofNullable(System.getenv("CHROMIUM_PATH"))
            .map(Path::of)
            .or(() -> CHROMIUM.stream().flatMap(name -> onPath(name).stream()).findFirst());
    Optional<Path> node = onPath("node");
    Assumptions.assumeTrue(
        chromium.isPresent() && node.isPresent(),
        "run .ci/run, which installs Chromium and Node, or put chromium and node on the path");
    playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1",
                        "PLAYWRIGHT_NODEJS_PATH",
                        node.orElseThrow().toString())));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.orElseThrow())
                    .setTimeout((double) PATIENCE.toMillis())
                    // Without a graphics card its emulation only takes time.
                    .setArgs(List.of("--disable-gpu"))
                    .setChromiumSandbox(false));
  }

  private static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * A page without a past.
   *
   * @param now what its clock says: the server lives on another day
   */
  Page open(int width, ColorScheme theme, Instant now) {
    Page page = open(width, theme);
    page.clock().install(new Clock.InstallOptions().setTime(now.toString()));
    return page;
  }

  /** A page without a past, at the machine's time. */
  public Page open(int width, ColorScheme theme) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, 900)
                .setColorScheme(theme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-US")
                .setTimezoneId("Europe/Rome")
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
    // Of navigation, clicks and pictures.
    context.setDefaultTimeout((double) PATIENCE.toMillis());
    Page page = context.newPage();
    page.onConsoleMessage((ConsoleMessage message) -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.type() + ": " + message.text());
      }
    });
    page.onPageError(error -> complaints.add("error: " + error));
    page.onRequestFailed(request -> {
      // What a page that is left did not wait for has not failed.
      if (!request.failure().contains("ERR_ABORTED")) {
        complaints.add("failed: " + request.url() + " " + request.failure());
      }
    });
    page.onResponse(response -> {
      if (response.status() >= 400) {
        complaints.add(response.status() + ": " + response.url());
      }
    });
    return page;
  }

  /** Goes there, and waits until everything has come. */
  static void go(Page page, String url) {
    page.navigate(url);
    assertThat(page.locator("main h1").first()).isAttached();
    assertThat(page.locator("[aria-busy=true]")).hasCount(0);
  }

  /** Writes what is seen to the build's folder. */
  static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target", "pictures", name + ".png"))
            .setAnimations(ScreenshotAnimations.DISABLED)
            .setFullPage(true));
  }

  /** What keeps somebody from using this page, by WCAG 2.2 AA as far as axe can tell. */
  static List<Rule> hindrances(Page page) {
    return new AxeBuilder(page).withTags(STANDARDS).setLegacyMode(true).analyze().getViolations();
  }

  /** What pages have complained of since this was last asked. */
  List<String> complaints() {
    var all = List.copyOf(complaints);
    complaints.clear();
    return all;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
