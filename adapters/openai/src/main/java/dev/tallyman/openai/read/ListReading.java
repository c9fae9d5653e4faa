package dev.tallyman.openai.read;

import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One page of the provider's things with an id, or one such thing; small enough to hold whole. */
public final class ListReading implements AnswerReader {
  /** What goes on in the address of the next page. */
  private static final int LONGEST_CURSOR = 1000;

  private final URI uri;
  private final boolean single;
  private final List<Map<?, ?>> items = new ArrayList<>();
  private @Nullable String next;
  private boolean done;

  private ListReading(URI uri, boolean single) {
    this.uri = uri;
    this.single = single;
  }

  /** A page that will be read. */
  public static ListReading page(URI uri) {
    return new ListReading(uri, false);
  }

  /** One thing that will be read, or be found not to exist. */
  public static ListReading single(URI uri) {
    return new ListReading(uri, true);
  }

  /** What was read; empty before. */
  public List<Map<?, ?>> items() {
    return items;
  }

  /** What to ask for after this page; null at the end. */
  public @Nullable String next() {
    return next;
  }

  /** A text or number of an item as text; empty if it has none by this name. */
  public static String text(Map<?, ?> item, String field) {
    Object value = item.get(field);
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? value.toString()
        : "";
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public boolean done() {
    return done;
  }

  @Override
  public boolean missing() {
    done = single;
    return single;
  }

  @Override
  public void read(InputStream body, Origin origin) throws IOException {
    items.clear();
    if (!(Json.TREE.anyFrom(body) instanceof Map<?, ?> answer)) {
      throw new MalformedAnswer("it is no JSON object.");
    }
    if (single) {
      if (text(answer, "id").isEmpty()) {
        throw new MalformedAnswer("id is missing.");
      }
      items.add(answer);
    } else {
      page(answer);
    }
    done = true;
  }

  private void page(Map<?, ?> answer) throws MalformedAnswer {
    if (!(answer.get("data") instanceof List<?> data)) {
      throw new MalformedAnswer("data is no array.");
    }
    for (Object item : data) {
      // What has no id cannot be asked for by anyone.
      if (item instanceof Map<?, ?> fields && !text(fields, "id").isEmpty()) {
        items.add(fields);
      }
    }
    boolean more = "true".equalsIgnoreCase(text(answer, "has_more"));
    if (more && !items.isEmpty()) {
      String last = text(answer, "last_id");
      String after = last.isEmpty() ? text(items.getLast(), "id") : last;
      if (after.length() > LONGEST_CURSOR) {
        throw new MalformedAnswer("last_id is longer than " + LONGEST_CURSOR + " characters.");
      }
      next = after;
    }
  }
}
