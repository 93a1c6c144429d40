//! The crate `protocol` as it is on the wire: its types with the names that serde gives them, and
//! their documentation. Knows what of serde the crate uses, and refuses what it does not know rather
//! than to tell something wrong.

use anyhow::{Result, bail};
use syn::{Attribute, Expr, ExprLit, Fields, Item, Lit, Meta, Type, Visibility};

/// All that a reader needs to know.
#[derive(Debug, Default)]
pub(super) struct Crate {
    pub(super) types: Vec<Described>,
    pub(super) constants: Vec<Constant>,
}

/// A type.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) shape: Shape,
}

/// What it is in JSON.
#[derive(Debug)]
pub(super) enum Shape {
    /// An object with these fields.
    Object(Vec<Field>),
    /// An object whose `type` says which of these it is.
    Messages(Vec<Message>),
    /// One of these words, each with what it means.
    Words(Vec<(String, String)>),
    /// A text of its own kind.
    Text,
}

/// One message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) fields: Vec<Field>,
}

/// A field of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) value: Value,
    pub(super) presence: Presence,
    /// Do the fields of its type stand in its place?
    pub(super) flattened: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text,
    Number,
    Truth,
    List(Box<Value>),
    /// A type of the crate.
    Of(String),
}

/// Whether a field has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Always,
    /// Left out when there is nothing.
    Optional,
    /// `null` when there is nothing, and then it may be left out as well.
    Nullable,
    /// `null` when there is nothing, but never left out.
    NullWanted,
}

/// A number or a text that the crate gives a name.
#[derive(Debug)]
pub(super) struct Constant {
    /// With the type that it belongs to, if any.
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) value: String,
}

/// What serde is told.
#[derive(Debug, Default)]
struct Serde {
    tag: bool,
    snake_case: bool,
    camel_case: bool,
    rename: Option<String>,
    skipped_when_none: bool,
    own_reader: bool,
    flattened: bool,
    catches_others: bool,
    as_text: bool,
}

impl Crate {
    /// Adds what a file of the crate defines for others.
    pub(super) fn add(&mut self, source: &str) -> Result<()> {
        for item in syn::parse_file(source)?.items {
            match item {
                Item::Struct(item) if is_sent(&item.vis, &item.attrs) => {
                    let serde = Serde::of(&item.attrs)?;
                    let shape = match &item.fields {
                        Fields::Named(_) if !serde.as_text => {
                            Shape::Object(fields(&item.fields, &serde)?)
                        }
                        Fields::Unnamed(_) if serde.as_text => Shape::Text,
                        _ => bail!("`{}` has a shape that is not known here", item.ident),
                    };
                    self.describe(item.ident.to_string(), &item.attrs, shape);
                }
                Item::Enum(item) if is_sent(&item.vis, &item.attrs) => {
                    let serde = Serde::of(&item.attrs)?;
                    if !serde.snake_case {
                        bail!(
                            "the variants of `{}` have names that are not known here",
                            item.ident
                        );
                    }
                    let shape = if serde.tag { messages(&item)? } else { words(&item)? };
                    self.describe(item.ident.to_string(), &item.attrs, shape);
                }
                Item::Const(item) if matches!(item.vis, Visibility::Public(_)) => {
                    let value = constant(&item.expr);
                    self.name(item.ident.to_string(), &item.attrs, value);
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    let Type::Path(owner) = &*item.self_ty else { continue };
                    let owner = last(&owner.path);
                    for item in item.items {
                        if let syn::ImplItem::Const(item) = item
                            && matches!(item.vis, Visibility::Public(_))
                        {
                            let name = format!("{owner}::{}", item.ident);
                            self.name(name, &item.attrs, constant(&item.expr));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The type of this name.
    pub(super) fn find(&self, name: &str) -> Option<&Described> {
        self.types.iter().find(|described| described.name == name)
    }

    fn describe(&mut self, name: String, attributes: &[Attribute], shape: Shape) {
        self.types.push(Described { name, docs: docs(attributes), shape });
    }

    /// Lists of the crate's own (all types, all codes) are in the tables already.
    fn name(&mut self, name: String, attributes: &[Attribute], value: Option<String>) {
        if let Some(value) = value {
            self.constants.push(Constant { name, docs: docs(attributes), value });
        }
    }
}

/// Is it for others, and does it travel?
fn is_sent(visibility: &Visibility, attributes: &[Attribute]) -> bool {
    let mut serialized = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        // A derive that cannot be read is the compiler's to complain of.
        let _ = attribute.parse_nested_meta(|meta| {
            serialized |= meta.path.is_ident("Serialize");
            Ok(())
        });
    }
    serialized && matches!(visibility, Visibility::Public(_))
}

fn fields(fields: &Fields, of: &Serde) -> Result<Vec<Field>> {
    let one = |field: &syn::Field| {
        let serde = Serde::of(&field.attrs)?;
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let (ty, optional) = match argument(&field.ty, "Option") {
            Some(inner) => (inner, true),
            None => (&field.ty, false),
        };
        Ok(Field {
            name: serde
                .rename
                .clone()
                .unwrap_or_else(|| if of.camel_case { camel_case(&ident) } else { ident.clone() }),
            docs: docs(&field.attrs),
            value: value(ty)?,
            presence: match (optional, serde.skipped_when_none, serde.own_reader) {
                (false, ..) => Presence::Always,
                (_, true, _) => Presence::Optional,
                (_, _, true) => Presence::NullWanted,
                (..) => Presence::Nullable,
            },
            flattened: serde.flattened || ident.is_empty(),
        })
    };
    fields.iter().map(one).collect()
}

fn messages(item: &syn::ItemEnum) -> Result<Shape> {
    let one = |variant: &syn::Variant| {
        Ok(Message {
            name: snake_case(&variant.ident.to_string()),
            docs: docs(&variant.attrs),
            fields: fields(&variant.fields, &Serde::default())?,
        })
    };
    Ok(Shape::Messages(item.variants.iter().map(one).collect::<Result<_>>()?))
}

fn words(item: &syn::ItemEnum) -> Result<Shape> {
    let mut words = Vec::new();
    for variant in &item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            bail!("`{}::{}` is no single word", item.ident, variant.ident);
        }
        if !Serde::of(&variant.attrs)?.catches_others {
            words.push((snake_case(&variant.ident.to_string()), docs(&variant.attrs)));
        }
    }
    Ok(Shape::Words(words))
}

fn value(ty: &Type) -> Result<Value> {
    if let Some(inner) = argument(ty, "Vec") {
        return Ok(Value::List(Box::new(value(inner)?)));
    }
    let Type::Path(path) = ty else { bail!("a field's type is not known here") };
    Ok(match last(&path.path).as_str() {
        "String" => Value::Text,
        "bool" => Value::Truth,
        "u16" | "u32" | "u64" | "usize" => Value::Number,
        name => Value::Of(name.to_owned()),
    })
}

/// The type inside `name<…>`.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

fn last(path: &syn::Path) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// The value of a number, a product of numbers, or a text.
fn constant(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Reference(inner) => constant(&inner.expr),
        Expr::Unary(inner) => constant(&inner.expr),
        Expr::Lit(ExprLit { lit: Lit::ByteStr(text), .. }) => String::from_utf8(text.value()).ok(),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number.base10_digits().to_owned()),
        Expr::Binary(syn::ExprBinary { left, op: syn::BinOp::Mul(_), right, .. }) => {
            let number = |side| constant(side)?.parse::<u64>().ok();
            Some(number(left)?.checked_mul(number(right)?)?.to_string())
        }
        _ => None,
    }
}

/// The documentation as one text, its lines joined to paragraphs.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.collect();
    lines.split(String::is_empty).map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}

impl Serde {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut serde = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                let text = || Ok::<_, syn::Error>(meta.value()?.parse::<syn::LitStr>()?.value());
                match name.as_str() {
                    "tag" => serde.tag = text()? == "type",
                    "rename_all" => match text()?.as_str() {
                        "snake_case" => serde.snake_case = true,
                        "camelCase" => serde.camel_case = true,
                        other => return Err(meta.error(format!("`{other}` is not known here"))),
                    },
                    "rename" => serde.rename = Some(text()?),
                    "skip_serializing_if" => serde.skipped_when_none = text()? == "Option::is_none",
                    "deserialize_with" => serde.own_reader = text()? == "Option::deserialize",
                    "flatten" => serde.flattened = true,
                    "other" => serde.catches_others = true,
                    "transparent" => serde.as_text = true,
                    "into" => serde.as_text = text()? == "String",
                    // They say how a text is read, and what stands for what is absent.
                    "try_from" => drop(text()?),
                    "default" => {}
                    other => return Err(meta.error(format!("`{other}` is not known here"))),
                }
                Ok(())
            })?;
        }
        Ok(serde)
    }
}

/// `CreateRoom` as `create_room`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, c) in name.char_indices() {
        if c.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// `sdp_mid` as `sdpMid`.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut camel, part| {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<Crate> {
        let mut crate_ = Crate::default();
        crate_.add(source)?;
        Ok(crate_)
    }

    #[test]
    fn a_message_has_the_names_that_serde_gives_it() {
        let crate_ = read(
            r#"/// All.
            #[derive(Serialize, Deserialize)]
            #[serde(tag = "type", rename_all = "snake_case")]
            pub enum Said {
                /// Do
                /// it.
                DoIt {
                    /// Why.
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                    why: Option<Vec<Id>>,
                    /// Or `null`.
                    #[serde(deserialize_with = "Option::deserialize")]
                    what: Option<String>,
                },
                /// As its type.
                Other(Entry),
            }"#,
        );
        let crate_ = crate_.expect("it can be read");
        let Shape::Messages(messages) = &crate_.types[0].shape else { panic!("messages") };
        assert_eq!((messages[0].name.as_str(), messages[0].docs.as_str()), ("do_it", "Do it."));
        let [why, what] = messages[0].fields.as_slice() else { panic!("two fields") };
        assert_eq!(why.value, Value::List(Box::new(Value::Of("Id".to_owned()))));
        assert_eq!((why.presence, what.presence), (Presence::Optional, Presence::NullWanted));
        assert!(messages[1].fields[0].flattened);
    }

    #[test]
    fn fields_words_and_constants_are_renamed_and_computed() {
        let crate_ = read(
            r#"/// A.
            #[derive(Serialize)]
            #[serde(rename_all = "camelCase")]
            pub struct A {
                /// One.
                sdp_mid: u16,
                /// Two.
                #[serde(default, rename = "sdpMLineIndex")]
                line: Option<u16>,
            }
            /// B.
            #[derive(Serialize)]
            #[serde(rename_all = "snake_case")]
            pub enum B { /// X.
                XAndY, #[serde(other)] Z }
            /// C.
            pub const C: usize = 64 * 1024;
            #[derive(Serialize)]
            struct Hidden { a: bool }"#,
        );
        let crate_ = crate_.expect("it can be read");
        let Shape::Object(fields) = &crate_.types[0].shape else { panic!("an object") };
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["sdpMid", "sdpMLineIndex"]);
        assert_eq!(fields[1].presence, Presence::Nullable);
        let Shape::Words(words) = &crate_.types[1].shape else { panic!("words") };
        assert_eq!(words, &[("x_and_y".to_owned(), "X.".to_owned())]);
        assert_eq!(crate_.constants[0].value, "65536");
        assert_eq!(crate_.types.len(), 2);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let unknown = r#"#[derive(Serialize)] pub struct A { #[serde(with = "x")] a: u16 }"#;
        assert!(read(unknown).is_err());
        assert!(read("#[derive(Serialize)] pub enum A { B(u16) }").is_err());
    }
}
