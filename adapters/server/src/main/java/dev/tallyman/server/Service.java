package dev.tallyman.server;

import java.io.IOException;

/** What answers the requests that an edge receives, each in a thread of its own. */
public interface Service {
  /**
   * The answer to a request.
   *
   * @throws IOException if its body cannot be read
   */
  Answer answer(Received request) throws IOException;

  /**
   * The answer to what is no request, or to one too many.
   *
   * @param status 400 malformed, 408 too slow, 431 a head that is too large, 500 the service
   *     failed, 503 too many connections; or what else HTTP calls it
   * @param id names it in logs and in the answer
   */
  Answer refusal(int status, String id);
}
