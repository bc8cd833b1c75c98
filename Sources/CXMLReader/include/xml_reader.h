/// Reads XML with libxml2 without letting it do what documents of strangers must not have done: no document type, no entities but the five
/// predefined ones, no network, and libxml2's own bounds on depth and sizes.
///
/// It also keeps libxml2's headers, which bring those of ICU along, away from Swift, whose own ICU they contradict.
#ifndef XML_READER_H
#define XML_READER_H

#include <stddef.h>

/// Bytes in UTF-8 that are not ended by zero.
typedef struct {
    const char *_Nullable bytes;
    size_t count;
} xml_text;

typedef struct {
    /// Without prefix.
    xml_text name;
    xml_text value;
} xml_attribute;

/// Takes what is found. The texts live for the time of the call.
typedef struct {
    void *_Nullable context;
    /// Answers 0 to stop.
    int (*_Nonnull start)(
        void *_Nullable context, xml_text name, const xml_attribute *_Nullable attributes, size_t attribute_count);
    void (*_Nonnull end)(void *_Nullable context);
    void (*_Nonnull text)(void *_Nullable context, xml_text text);
} xml_handler;

typedef enum {
    XML_READ,
    /// The handler stopped.
    XML_STOPPED,
    /// The document has a document type declaration, the door to entities.
    XML_DOCUMENT_TYPE,
    /// No well-formed XML; `message` is in the parser's words.
    XML_MALFORMED,
} xml_outcome;

/// Reads a document.
///
/// `message` takes up to `capacity` bytes with the zero at the end.
xml_outcome xml_read(xml_text document, const xml_handler *_Nonnull handler, char *_Nonnull message, size_t capacity);

#endif
