package dev.tallyman.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.message.Negotiation;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.api.message.ResponseWriter;
import dev.tallyman.core.store.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The web page: one document for every address below {@code /dashboard}, and the files that it
 * loads, from the module {@code page}, which functions that nobody looks at come without. Their
 * address holds a hash of all of them, so that browsers keep them for good. They hold no data and
 * need no token.
 */
final class Dashboard {
  /** Names the files that the document loads, one a line, in the order in which they are read. */
  static final String LIST = "files.txt";

  private static final String DOCUMENT = "index.html";
  private static final String DASHBOARD = "/dashboard";
  private static final String ASSETS = "/assets/";
  private static final int HASH_BYTES = 12;

  /**
   * Nothing but what this host sends: no style attributes, no scripts in the document, no HTML made
   * of texts but by lit-html (W3C, Content Security Policy Level 3; Trusted Types).
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types lit-html";

  private static final String FOLDER = "/dev/tallyman/page/";

  private final Map<String, Asset> assets = new LinkedHashMap<>();
  private final String base;
  private final Bytes document;

  private record Asset(String type, Bytes plain, Bytes gzip) {}

  private Dashboard() {
    var all = new StringBuilder();
    for (String name : files()) {
      Bytes plain = read(name);
      assets.put(name, new Asset(type(name), plain, ResponseWriter.gzip(plain)));
      all.append(name).append(' ').append(ResponseWriter.tag(plain)).append('\n');
    }
    byte[] hash = Tokens.sha256(all.toString().getBytes(UTF_8));
    base =
        ASSETS
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOf(hash, HASH_BYTES));
    document =
        Bytes.copyOf(
            new String(read(DOCUMENT).toArray(), UTF_8).replace("{base}", base).getBytes(UTF_8));
  }

  /** The names of all files that the document loads. */
  static List<String> files() {
    return new String(read(LIST).toArray(), UTF_8).lines().toList();
  }

  private static Bytes read(String name) {
    try (InputStream in = Dashboard.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the page's " + name + " is missing");
      }
      return Bytes.copyOf(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "css" -> "text/css; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> "text/javascript; charset=utf-8";
    };
  }

  /** The answer, if this asks for the page or one of its files. */
  static Optional<Response> answer(Request request) {
    boolean reading = "GET".equals(request.method()) || "HEAD".equals(request.method());
    String path = request.path();
    boolean ours = path.equals("/") || path.startsWith(DASHBOARD) || path.startsWith(ASSETS);
    return reading && ours ? Held.PAGES.flatMap(pages -> pages.find(request)) : Optional.empty();
  }

  /** Read and compressed once, when the page is first asked for: answers of the API do without. */
  private static final class Held {
    static final Optional<Dashboard> PAGES =
        Dashboard.class.getResource(FOLDER + DOCUMENT) == null
            ? Optional.empty()
            : Optional.of(new Dashboard());
  }

  private Optional<Response> find(Request request) {
    String path = request.path();
    if (path.equals(DASHBOARD) || path.startsWith(DASHBOARD + "/")) {
      return Optional.of(document(request));
    }
    if (path.equals("/")
        && request
            .joined("Accept")
            .filter(accept -> Negotiation.quality(accept, "text/html") > 0)
            .filter(accept -> !accept.strip().startsWith("*/*"))
            .isPresent()) {
      return Optional.of(
          new Response(302, Map.of("Location", DASHBOARD, "Vary", "Accept"), Response.NO_BODY));
    }
    if (path.startsWith(base + "/")) {
      return Optional.ofNullable(assets.get(path.substring(base.length() + 1)))
          .map(asset -> file(request, asset));
    }
    return Optional.empty();
  }

  private Response document(Request request) {
    return ResponseWriter.validated(
        request,
        new Response(
            200,
            Map.of(
                "Content-Type", "text/html; charset=utf-8",
                "Content-Security-Policy", POLICY,
                "Cross-Origin-Opener-Policy", "same-origin"),
            document));
  }

  private static Response file(Request request, Asset asset) {
    boolean compress = ResponseWriter.takesGzip(request);
    var response =
        new Response(
                200,
                Map.of(
                    "Content-Type",
                    asset.type(),
                    "Cache-Control",
                    "public, max-age=31536000, immutable"),
                compress ? asset.gzip() : asset.plain())
            .varyingOn("Accept-Encoding");
    return compress ? response.with("Content-Encoding", "gzip") : response;
  }

  /** How many bytes all of it has, compressed. */
  static int compressedLength() {
    Dashboard pages = Held.PAGES.orElseThrow();
    return ResponseWriter.gzip(pages.document).length()
        + pages.assets.values().stream().mapToInt(asset -> asset.gzip().length()).sum();
  }
}
