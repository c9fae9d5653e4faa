package dev.tallyman.simulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Something that can be written as JSON. */
@FunctionalInterface
interface Json {
  JsonFactory FACTORY = new JsonFactory();

  void write(JsonGenerator json) throws IOException;
}
