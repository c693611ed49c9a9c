"""Rows of the people: users, who act, and patients, who are treated."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class User(AbstractBaseUser):
    """A person who signs in. ``ref`` is the name that the ledger uses; it is never given to another person.

    ``invented`` marks a user of the demonstration, who may act on invented patients only.
    """

    ref = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    invented = models.BooleanField(default=False)

    USERNAME_FIELD = "ref"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = BaseUserManager()

    class Meta:
        """What the database refuses."""

        constraints = (models.CheckConstraint(name="people_user_has_a_ref", condition=~Q(ref="")),)

    def __str__(self) -> str:
        """Name the user by the ledger's name."""
        return self.ref


class PatientRecord(models.Model):
    """A patient. ``ref`` is the name that orders and ledger use; ``invented`` marks one made up."""

    ref = models.CharField(max_length=64, unique=True)
    invented = models.BooleanField(default=False)

    class Meta:
        """What the database refuses."""

        constraints = (models.CheckConstraint(name="people_patient_has_a_ref", condition=~Q(ref="")),)

    def __str__(self) -> str:
        """Name the patient by the reference."""
        return self.ref
