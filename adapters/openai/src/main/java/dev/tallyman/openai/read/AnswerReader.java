package dev.tallyman.openai.read;

import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

/** One question to the provider, which may take several attempts to be answered. */
public interface AnswerReader {
  /** What to ask now: what is still missing. */
  URI uri();

  /**
   * Takes an answer as it arrives.
   *
   * @param origin who answered
   * @throws MalformedAnswer if it is not what the contract says
   * @throws IOException if it broke off or is no JSON
   */
  void read(InputStream body, Origin origin) throws IOException;

  /** Whether less could be asked for at once. */
  default boolean divisible() {
    return true;
  }

  /** Whether nothing is left to ask. */
  boolean done();

  /**
   * Takes the answer 404.
   *
   * @return whether that answers the question: there is no such thing, as against a missing path
   */
  default boolean missing() {
    return false;
  }

  /**
   * Takes a refusal of the question.
   *
   * @return whether it can be asked in another way, which it now is
   */
  default boolean refused(int status) {
    return false;
  }

  /** What was left out of what was read. */
  default List<Defect> defects() {
    return List.of();
  }
}
