//! The certificate that all links of a stay show, so that friends know this program again after it
//! was started anew. It says nothing of a person or a machine, and is another one in the next stay.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cinemasync_core::link::Identity;
use rtc::crypto::{self, RTCCryptoProvider, SignatureScheme};
use rtc::peer_connection::certificate::CertificateParams;
use webrtc::error::{Error, Result};
use webrtc::peer_connection::RTCCertificate;

/// What the crate asks for; nobody reads it in the certificate, and a stay is far shorter.
const LIFETIME: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Makes one, unlike any other.
///
/// # Errors
/// If the system gives no random numbers.
pub fn generate() -> Result<Identity> {
    let provider = provider()?;
    let scheme = SignatureScheme::EcdsaP256Sha256;
    let params = CertificateParams::default();
    let certificate = RTCCertificate::generate(provider.crypto(), scheme, params)?;
    Ok(Identity::new(certificate.dtls_certificate.serialize_pem()?))
}

/// Can it be shown?
pub fn is_usable(identity: &Identity) -> bool {
    certificate(identity).is_ok()
}

/// The certificate and its key, for a connection.
pub(super) fn certificate(identity: &Identity) -> Result<RTCCertificate> {
    let provider = provider()?;
    let dtls = rtc::dtls::crypto::Certificate::from_pem(identity.pem(), provider.crypto())?;
    Ok(RTCCertificate::from_existing(dtls, SystemTime::now() + LIFETIME))
}

fn provider() -> Result<Arc<dyn RTCCryptoProvider>> {
    crypto::default_provider().map_err(|error| Error::Other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(identity: &Identity) -> String {
        let fingerprints = certificate(identity).unwrap();
        let provider = provider().unwrap();
        fingerprints.get_fingerprints(provider.crypto()).unwrap()[0].value.clone()
    }

    #[test]
    fn an_identity_is_kept_as_text_and_each_is_another() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        let kept = Identity::new(one.pem());
        assert!(is_usable(&kept));
        assert_eq!(fingerprint(&kept), fingerprint(&one));
        assert_ne!(fingerprint(&one), fingerprint(&other));
        assert_eq!(format!("{one:?}"), "Identity", "the key is in no log");
    }

    #[test]
    fn a_damaged_identity_is_of_no_use() {
        let whole = generate().unwrap();
        let half = &whole.pem()[..whole.pem().len() / 2];
        for damaged in ["", "no key", half, &whole.pem().replace("PRIVATE", "PUBLIC")] {
            assert!(!is_usable(&Identity::new(damaged)), "{damaged}");
        }
    }
}
