package dev.reranker.examples.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole number from 1 on. */
final class AtLeastOne implements ITypeConverter<Integer> {

  @Override
  public Integer convert(String text) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new TypeConversionException("'%s' is not a whole number from 1 on".formatted(text));
  }
}
