package dev.tallyman.openai;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the buckets of one kind of answer hold.
 *
 * @param <R> a row
 * @param <B> a bucket of rows
 */
interface Rows<R, B> {
  /**
   * The row whose object the parser has just entered, read to its end; null if it says nothing.
   *
   * @throws MalformedAnswer if it is not what the contract says
   */
  @Nullable R row(JsonParser parser, Groupings groupings) throws IOException;

  /**
   * A bucket of these rows.
   *
   * @throws ArithmeticException if a sum of equal rows is out of bounds
   * @throws IllegalArgumentException if the rows are no bucket
   */
  B bucket(Instant start, List<R> rows);
}
