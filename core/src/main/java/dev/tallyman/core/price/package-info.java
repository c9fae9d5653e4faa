/** What a unit costs: catalogue, corrections from bills, estimates. */
@NullMarked
package dev.tallyman.core.price;

import org.jspecify.annotations.NullMarked;
