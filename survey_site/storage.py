"""Static files under names with their digest, so that browsers may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which also follows the imports of our modules.

    Only hashed files are kept: an import that still said the plain name would find nothing.
    """

    support_js_module_import_aggregation = True
