package dev.tallyman.openai.read;

import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;

/** Reads a page of hours from memory through the adapter's own parser, without its sockets. */
@NullMarked
public final class PageReader {
  private PageReader() {}

  /** Hands over each bucket of the page. */
  public static void read(
      Known endpoint, byte[] page, Instant from, Instant to, Consumer<Bucket> sink)
      throws IOException {
    new SpanReading<>(
            (_, _, _) -> URI.create("http://127.0.0.1/"),
            Width.HOUR,
            from,
            to,
            new UsageRows(endpoint, Width.HOUR, endpoint.groupings()),
            new Groupings(endpoint.groupings().stream().map(Dimension::field).toList()),
            (Origin _, Bucket bucket) -> sink.accept(bucket),
            to)
        .read(new ByteArrayInputStream(page), Origin.UNKNOWN);
  }
}
