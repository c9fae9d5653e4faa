package dev.tallyman.openai.read;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the buckets of one kind of answer hold.
 *
 * @param <R> a row
 * @param <B> a bucket of rows
 */
interface Rows<R, B> {
  /**
   * The row whose object the parser has just entered, read to its end; null if it says nothing or
   * is not what the contract says.
   *
   * @param refused is notified of what is wrong with a row that is left out
   * @throws IOException if the answer breaks off or is no JSON
   */
  @Nullable R row(JsonParser parser, Groupings groupings, Consumer<String> refused)
      throws IOException;

  /**
   * A bucket of these rows, equal ones added up.
   *
   * @param whole whether none was left out so far
   * @param refused is notified of what is wrong with a row that is left out
   */
  B bucket(Instant start, List<R> rows, boolean whole, Consumer<String> refused);
}
