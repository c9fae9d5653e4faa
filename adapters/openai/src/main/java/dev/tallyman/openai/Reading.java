package dev.tallyman.openai;

import dev.tallyman.core.poll.ReadOutcome.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** One question to the provider, which may take several attempts to be answered. */
interface Reading {
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
}
