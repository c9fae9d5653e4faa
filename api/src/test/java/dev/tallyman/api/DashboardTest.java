package dev.tallyman.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Response;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class DashboardTest {
  private final Fixture fixture = new Fixture();

  private Response get(String path, String... header) {
    Asking asking = Asking.get(path);
    for (int i = 0; i < header.length; i += 2) {
      asking = asking.with(header[i], header[i + 1]);
    }
    return asking.send(fixture.routes);
  }

  @Test
  void everyAddressOfThePageIsTheSameDocumentAndNeedsNoToken() {
    Response page = get("/dashboard");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.header("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "trusted-types")
        .doesNotContain("unsafe");
    assertThat(page.header("Cache-Control")).contains("private, no-cache");
    assertThat(get("/dashboard/budgets/team-a").body()).isEqualTo(page.body());
    assertThat(get("/dashboard", "If-None-Match", page.header("ETag").orElseThrow()).status())
        .isEqualTo(304);
    assertThat(get("/dashboardx").status()).isEqualTo(404);
    assertThat(Asking.of("POST", "/dashboard").send(fixture.routes).status()).isEqualTo(404);
  }

  @Test
  void browsersComeToThePageAndProgramsToTheApi() {
    Response browser = get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(browser.status()).isEqualTo(302);
    assertThat(browser.header("Location")).contains("/dashboard");
    assertThat(get("/", "Accept", "*/*").status()).isEqualTo(200);
    assertThat(get("/", "Accept", "application/json").status()).isEqualTo(200);
  }

  @Test
  void whatTheDocumentLoadsIsKeptForGood() {
    String document = new String(get("/dashboard").body().toArray(), UTF_8);
    var loaded =
        Pattern.compile("(?:href|src)=\"(/assets/[^\"]+)\"")
            .matcher(document)
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(loaded).hasSizeGreaterThan(3);
    String base = loaded.getFirst().substring(0, loaded.getFirst().lastIndexOf('/') + 1);
    for (String name : Dashboard.files()) {
      Response file = get(base + name, "Accept-Encoding", "gzip");
      assertThat(file.status()).as(name).isEqualTo(200);
      assertThat(file.header("Cache-Control")).contains("public, max-age=31536000, immutable");
      assertThat(file.header("Content-Encoding")).contains("gzip");
      assertThat(file.body().length()).isLessThan(get(base + name).body().length());
    }
    assertThat(loaded).allSatisfy(path -> assertThat(get(path).status()).isEqualTo(200));
    assertThat(get("/assets/older/app.js").status()).isEqualTo(404);
    assertThat(get(base + "nothing.js").status()).isEqualTo(404);
    assertThat(document).doesNotContain("<style", "style=").doesNotContainPattern("<script>");
  }

  @Test
  void noFileIsForgotten() throws IOException, URISyntaxException {
    URI document =
        Objects.requireNonNull(Dashboard.class.getResource("/dev/tallyman/page/index.html"))
            .toURI();
    if (document.getScheme().equals("jar")) {
      try (FileSystem jar = FileSystems.newFileSystem(document, Map.of())) {
        assertComplete(jar.getPath("/dev/tallyman/page"));
      }
    } else {
      assertComplete(Path.of(document).resolveSibling("."));
    }
  }

  private static void assertComplete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("index.html")
          .filteredOn(name -> !name.equals("index.html") && !name.equals(Dashboard.LIST))
          .containsExactlyInAnyOrderElementsOf(Dashboard.files());
    }
  }

  @Test
  void allOfItIsSmall() {
    assertThat(Dashboard.compressedLength()).isLessThanOrEqualTo(120_000);
  }
}
