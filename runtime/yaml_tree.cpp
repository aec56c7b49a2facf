// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The tree is built from yaml-cpp's events and not from its own nodes: those take the last of two equal keys
// without a word, and follow aliases.
#include "runtime/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "runtime/settings.hpp"
#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

constexpr std::size_t deepest = 32;

/// A list or mapping that is not yet complete, or the document itself.
struct OpenNode {
    YamlNode node;
    std::optional<std::pair<std::string, int>> key;  ///< in a mapping: read, and waiting for its value
    std::map<std::string, int, std::less<>> key_lines;
};

class TreeBuilder : public YAML::EventHandler {
  public:
    explicit TreeBuilder(const std::string& file) : file_(file) {}

    YamlNode take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(seen_document_, true))
            fail(mark, "a second document, allowed is one");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(mark, anchor, "", YamlNode::Kind::Nothing);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { fail(mark, "aliases are not supported"); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_key(mark, value);
        add(mark, anchor, tag, tag == "?" ? YamlNode::Kind::Plain : YamlNode::Kind::Quoted, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, anchor, tag, YamlNode::Kind::List);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, anchor, tag, YamlNode::Kind::Map);
    }
    void OnMapEnd() override { close(); }

  private:
    [[noreturn]] void fail(const YAML::Mark& mark, const std::string& text) const {
        throw SettingsError(file_, mark.line + 1, "", text);
    }

    bool expects_key() const {
        return !open_.empty() && open_.back().node.kind == YamlNode::Kind::Map && !open_.back().key;
    }

    void check_key(const YAML::Mark& mark, const std::string& key) {
        if (!expects_key())
            return;
        const auto [first, is_new] = open_.back().key_lines.emplace(key, mark.line + 1);
        if (!is_new)
            fail(mark, shown(key) + " appears twice, first in line " + std::to_string(first->second));
    }

    void check(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) const {
        if (anchor != YAML::NullAnchor)
            fail(mark, "anchors are not supported");
        if (!tag.empty() && tag != "?" && tag != "!")
            fail(mark, "tags are not supported, here " + shown(tag));
    }

    void open(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, YamlNode::Kind kind) {
        check(mark, anchor, tag);
        if (expects_key())
            fail(mark, "a list or mapping as a key, allowed are words");
        if (open_.size() >= deepest)
            fail(mark, "nested too deeply, allowed are " + std::to_string(deepest) + " levels");
        open_.emplace_back();
        open_.back().node.kind = kind;
        open_.back().node.line = mark.line + 1;
    }

    void close() {
        YamlNode done = std::move(open_.back().node);
        open_.pop_back();
        place(std::move(done));
    }

    void add(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, YamlNode::Kind kind,
             const std::string& text = {}) {
        check(mark, anchor, tag);
        if (expects_key()) {
            if (kind == YamlNode::Kind::Nothing || text.empty())
                fail(mark, "a key is missing");
            open_.back().key = {text, mark.line + 1};
            return;
        }
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.text = text;
        place(std::move(node));
    }

    void place(YamlNode node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        OpenNode& parent = open_.back();
        if (parent.key) {
            node.line = parent.key->second;  // an empty value has its mark at the next token
            parent.node.keys.push_back(std::move(parent.key->first));
        }
        parent.node.items.push_back(std::move(node));
        parent.key.reset();
    }

    const std::string& file_;
    YamlNode root_;
    std::vector<OpenNode> open_;
    bool seen_document_ = false;
};

/// yaml-cpp guesses at UTF-16 and takes what it can't decode for spaces; this names the first line that is
/// not text.
void check_is_text(std::string_view text, const std::string& file) {
    int line = 1;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = wire::character_length(text.substr(at));
        if (length == 0)
            throw SettingsError(file, line, "", "not UTF-8 text");
        const char byte = text[at];
        if (byte != '\n' && byte != '\r' && byte != '\t' &&
            wire::has_control_character(text.substr(at, length)))
            throw SettingsError(file, line, "", "a control character, allowed is text");
        line += byte == '\n' ? 1 : 0;
        at += length;
    }
}

}  // namespace

YamlNode parse_yaml(const std::string& text, const std::string& file) {
    check_is_text(text, file);
    // yaml-cpp takes a line break before the end of the file for the end of an open quote.
    std::istringstream stream(text.substr(0, text.find_last_not_of(" \t\r\n") + 1));
    TreeBuilder builder(file);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& problem) {
        throw SettingsError(file, std::max(problem.mark.line + 1, 1), "", problem.msg);
    }
    return builder.take();
}

std::string shown(const std::string& text) {
    constexpr std::size_t longest = 64;
    std::string result = "\"";
    for (const char byte : text.substr(0, longest))
        result += static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f ? '?' : byte;
    return result + (text.size() > longest ? "...\"" : "\"");
}

}  // namespace vnf::runtime
