package dev.tallyman.api.message;

import dev.tallyman.api.access.Tokens;
import dev.tallyman.core.store.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Puts replies into bytes: the form the caller wants, validators, compression. */
public final class ResponseWriter {
  /** Below this many bytes compressing costs more than it saves: an answer fits one packet. */
  private static final int WORTH_COMPRESSING = 1400;

  private static final int TAG_BYTES = 18;
  private static final String COMPRESSED = "-gzip";

  private ResponseWriter() {}

  /**
   * The answer to a call.
   *
   * @param csv whether it is wanted as CSV, where the reply offers that
   */
  public static Response response(Request request, Reply reply, boolean csv) {
    var headers = new LinkedHashMap<>(reply.headers());
    if (reply.simulated()) {
      headers.put("X-Tallyman-Simulated", "true");
    }
    if (reply.document().isEmpty() && reply.content().isEmpty()) {
      return new Response(reply.status(), headers, Response.NO_BODY);
    }
    Bytes body;
    var table = reply.table();
    if (reply.content().isPresent()) {
      body = reply.content().orElseThrow().body();
      headers.put("Content-Type", reply.content().orElseThrow().type());
    } else if (csv && table.isPresent()) {
      body = table.orElseThrow().get().csv();
      headers.put("Content-Type", "text/csv; charset=utf-8; header=present");
      // A file outlives the headers with which it came.
      String name = reply.simulated() ? "tallyman-SIMULATED.csv" : "tallyman.csv";
      headers.put("Content-Disposition", "attachment; filename=\"" + name + "\"");
    } else {
      body = Json.write(reply.document().orElseThrow());
      headers.put("Content-Type", "application/json");
    }
    var response = new Response(reply.status(), headers, body);
    if (table.isPresent()) {
      response = response.varyingOn("Accept");
    }
    boolean reading = "GET".equals(request.method()) || "HEAD".equals(request.method());
    return reading && reply.status() == 200 ? validated(request, response) : response;
  }

  /** A readable answer with its validator, compressed, or only the word that it has not changed. */
  public static Response validated(Request request, Response response) {
    String tag = tag(response.body());
    Response plain = response.with("Cache-Control", "private, no-cache");
    boolean worth = response.body().length() >= WORTH_COMPRESSING;
    boolean compress = worth && takesGzip(request);
    Response tagged =
        plain
            .with("ETag", '"' + tag + (compress ? COMPRESSED : "") + '"')
            .varyingOn("Accept-Encoding");
    if (matches(request.joined("If-None-Match"), tag)) {
      return new Response(304, tagged.headers(), Response.NO_BODY);
    }
    return compress
        ? new Response(
            200, tagged.with("Content-Encoding", "gzip").headers(), gzip(response.body()))
        : tagged;
  }

  public static boolean takesGzip(Request request) {
    return request
        .joined("Accept-Encoding")
        .filter(header -> Negotiation.quality(header, "gzip") > 0)
        .isPresent();
  }

  /** Whether a precondition names this content, compressed or not (RFC 9110, 13.1.2). */
  public static boolean matches(Optional<String> header, String tag) {
    if (header.isEmpty()) {
      return false;
    }
    for (String candidate : header.orElseThrow().split(",", -1)) {
      String bare = candidate.strip();
      bare = bare.startsWith("W/") ? bare.substring(2) : bare;
      if ("*".equals(bare)
          || bare.equals('"' + tag + '"')
          || bare.equals('"' + tag + COMPRESSED + '"')) {
        return true;
      }
    }
    return false;
  }

  /** The validator of this content, without quotes. */
  public static String tag(Bytes body) {
    byte[] hash = Tokens.sha256(body.toArray());
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(java.util.Arrays.copyOf(hash, TAG_BYTES));
  }

  public static Bytes gzip(Bytes body) {
    var out = new ByteArrayOutputStream(body.length() / 4);
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(body.toArray());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Bytes.copyOf(out.toByteArray());
  }
}
