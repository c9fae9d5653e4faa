package dev.tallyman.core.price;

import java.util.Optional;

/**
 * Usage that has no price, so that estimates lack it.
 *
 * @param name of the model, or of the endpoint where usage has no model
 * @param tier the service tier; empty where the base price is lacking
 * @param why what is not known, as a clause
 */
public record Unpriced(String name, Optional<String> tier, String why) {}
