#include "xml_reader.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/// Attributes of an element that are handed out; documents with more are refused.
enum { MOST_ATTRIBUTES = 1024 };
/// Bytes that the parser gets at a time.
enum { PIECE = 64 * 1024 };

typedef struct {
    const xml_handler *handler;
    xmlParserCtxtPtr parser;
    xml_outcome outcome;
} reader;

static void stop(reader *r, xml_outcome outcome) {
    if (r->outcome == XML_READ) r->outcome = outcome;
    xmlStopParser(r->parser);
}

static xml_text text_of(const xmlChar *start, size_t count) { return (xml_text){(const char *)start, count}; }

/// `values` holds five pointers for each attribute: name, prefix, namespace, start and end of the value.
static void start_element(
    void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces, const xmlChar **namespace_values,
    int count, int defaulted, const xmlChar **values) {
    (void)prefix, (void)uri, (void)namespaces, (void)namespace_values, (void)defaulted;
    reader *r = context;
    if (r->outcome != XML_READ) return;
    xml_attribute attributes[MOST_ATTRIBUTES];
    if (count > MOST_ATTRIBUTES) {
        stop(r, XML_MALFORMED);
        return;
    }
    for (int index = 0; index < count; index++) {
        const xmlChar **value = values + index * 5;
        attributes[index].name = text_of(value[0], strlen((const char *)value[0]));
        attributes[index].value = text_of(value[3], (size_t)(value[4] - value[3]));
    }
    xml_text element = text_of(name, strlen((const char *)name));
    if (!r->handler->start(r->handler->context, element, attributes, (size_t)count)) stop(r, XML_STOPPED);
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    reader *r = context;
    if (r->outcome == XML_READ) r->handler->end(r->handler->context);
}

static void characters(void *context, const xmlChar *start, int count) {
    reader *r = context;
    if (r->outcome == XML_READ) r->handler->text(r->handler->context, text_of(start, (size_t)count));
}

static void document_type(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    (void)name, (void)external, (void)system;
    stop(context, XML_DOCUMENT_TYPE);
}

/// Says nothing: the default prints to the standard error stream.
static void silence(void *context, const char *message, ...) { (void)context, (void)message; }

static void describe(xmlParserCtxtPtr parser, char *message, size_t capacity) {
    const xmlError *error = xmlCtxtGetLastError(parser);
    if (error == NULL || error->message == NULL) {
        snprintf(message, capacity, "it is no XML");
        return;
    }
    snprintf(message, capacity, "%.*s (line %d)", (int)strcspn(error->message, "\n"), error->message, error->line);
}

static int feed(reader *r, xml_text document) {
    for (size_t position = 0; position < document.count && r->outcome == XML_READ; position += PIECE) {
        size_t count = document.count - position < PIECE ? document.count - position : PIECE;
        if (xmlParseChunk(r->parser, document.bytes + position, (int)count, 0) != 0) return 0;
    }
    return r->outcome != XML_READ || xmlParseChunk(r->parser, NULL, 0, 1) == 0;
}

xml_outcome xml_read(xml_text document, const xml_handler *handler, char *message, size_t capacity) {
    xmlInitParser();
    xmlSAXHandler callbacks = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = start_element,
        .endElementNs = end_element,
        .characters = characters,
        .cdataBlock = characters,
        .internalSubset = document_type,
        .warning = silence,
        .error = silence,
        .fatalError = silence,
    };
    reader r = {handler, NULL, XML_READ};
    message[0] = '\0';
    r.parser = xmlCreatePushParserCtxt(&callbacks, &r, NULL, 0, NULL);
    if (r.parser == NULL) {
        snprintf(message, capacity, "there is no memory for a parser");
        return XML_MALFORMED;
    }
    xmlCtxtUseOptions(r.parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    int is_well_formed = feed(&r, document);
    if (r.outcome == XML_READ && !is_well_formed) r.outcome = XML_MALFORMED;
    if (r.outcome == XML_MALFORMED) describe(r.parser, message, capacity);
    xmlFreeParserCtxt(r.parser);
    return r.outcome;
}
