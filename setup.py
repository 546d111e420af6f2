"""Installs the folders of the repository below `counterfoil`; everything else stands in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = ("specs", "mockserver", "contracts", "reports")

setup(
    packages=[
        "counterfoil",
        *(f"counterfoil.{name}" for name in find_packages(include=[f"{folder}*" for folder in FOLDERS])),
    ],
    package_dir={f"counterfoil.{folder}": folder for folder in FOLDERS},
)
